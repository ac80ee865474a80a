import type { ChatEvent } from "./services/chat.ts";
import type { ControlEvent } from "./services/control.ts";
import type { FilesEvent } from "./services/files.ts";
import type { MetadataEvent } from "./services/metadata.ts";
import type { OtEvent } from "./services/ot.ts";
import type { PresenceEvent } from "./services/presence.ts";
import type { RunEvent } from "./services/run.ts";
import type { ShellEvent } from "./services/shell.ts";

/** Everything that a batch can tell the store, by slice. Plain, readonly data. */
export type ClientEvent =
  | { readonly slice: "control"; readonly event: ControlEvent }
  | { readonly slice: "files"; readonly event: FilesEvent }
  | { readonly slice: "ot"; readonly event: OtEvent }
  | { readonly slice: "shell"; readonly event: ShellEvent }
  | { readonly slice: "run"; readonly event: RunEvent }
  | { readonly slice: "chat"; readonly event: ChatEvent }
  | { readonly slice: "presence"; readonly event: PresenceEvent }
  | { readonly slice: "metadata"; readonly event: MetadataEvent };
