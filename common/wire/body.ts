import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Command, CommandSchema } from "../gen/api_pb.ts";

/** What a command carries, once the codec has found that it carries something. */
export type Body = Exclude<Command["body"], { case: undefined }>;
export type BodyCase = Body["case"];

/**
 * Which bodies a channel of each service carries, in either direction. `ok` and `error` answer
 * requests everywhere; other bodies that several services share stand in each of their rows.
 */
export const accepts = {
  control: [
    "openChan",
    "openChanRes",
    "closeChan",
    "closeChanRes",
    "containerState",
    "portOpen",
    "portClose",
    "toast",
    "redirect",
    "incRef",
    "ping",
    "pong",
    "hello",
    "goodbye",
    "auth",
    "hasCap",
    "pid1Config",
    "bootStatus",
    "debug",
    "protocolError",
    "ok",
    "error",
  ],
  files: [
    "persist",
    "persistMirror",
    "write",
    "remove",
    "move",
    "tryRemove",
    "mkdir",
    "stat",
    "statRes",
    "read",
    "readdir",
    "files",
    "file",
    "checkChanges",
    "changedFiles",
    "fileAuthReq",
    "fileAuthRes",
    "mutliFileAuthRes",
    "listObjects",
    "listObjectsResp",
    "input",
    "ok",
    "error",
  ],
  fsevents: ["subscribeFile", "fileEvent", "ok", "error"],
  ot: [
    "ot",
    "otstatus",
    "otLinkFile",
    "otLinkFileResponse",
    "otNewCursor",
    "otDeleteCursor",
    "otFetchRequest",
    "otFetchResponse",
    "flush",
    "ok",
    "error",
  ],
  shell: [
    "input",
    "output",
    "resizeTerm",
    "saneTerm",
    "clear",
    "state",
    "hint",
    "PTYConfig",
    "execInfo",
    "exitCodeEvent",
    "ok",
    "error",
  ],
  run: [
    "runMain",
    "clear",
    "input",
    "output",
    "resizeTerm",
    "saneTerm",
    "state",
    "hint",
    "PTYConfig",
    "execInfo",
    "exitCodeEvent",
    "ok",
    "error",
  ],
  eval: ["eval", "result", "input", "output", "state", "clear", "hint", "ok", "error"],
  exec: ["exec", "input", "output", "state", "execInfo", "ok", "error"],
  packager: [
    "ensurePackages",
    "packageSearch",
    "packageSearchResp",
    "packageInfo",
    "packageInfoResp",
    "packageAdd",
    "packageRemove",
    "packageInstall",
    "packageListSpecfile",
    "packageListSpecfileResp",
    "packageCacheSave",
    "execInfo",
    "output",
    "state",
    "ok",
    "error",
  ],
  lsp: ["input", "output", "state", "ok", "error"],
  lint: ["lintResults", "ok", "error"],
  unittest: ["runContainedTest", "testResult", "ok", "error"],
  debugger: [
    "debuggerStart",
    "debuggerStep",
    "debuggerStatus",
    "input",
    "output",
    "state",
    "ok",
    "error",
  ],
  socket: ["connect", "send", "recv", "disconnect", "ok", "error"],
  chat: ["chatMessage", "chatTyping", "chatScrollback", "ok", "error"],
  presence: [
    "roster",
    "join",
    "part",
    "openFile",
    "fileOpened",
    "followUser",
    "unfollowUser",
    "updateSessionTimestamp",
    "sessionTimestampUpdated",
    "input",
    "output",
    "ok",
    "error",
  ],
  snapshot: ["fsSnapshot", "fsTakeLock", "fsReleaseLock", "ok", "error"],
  metadata: ["readMeta", "writeMeta", "appendMeta", "ok", "error"],
  vcr: ["startVCR", "readVCR", "VCRLog", "toast", "ok", "error"],
  metrics: ["metrics", "ok", "error"],
  pprof: ["pprofRequest", "pprofResponse", "ok", "error"],
  audio: ["audio", "audio2", "ok", "error"],
} as const satisfies Record<string, readonly BodyCase[]>;

/** A service, by the name of its slice. Wire names and aliases: `services.ts`. */
export type ServiceName = keyof typeof accepts;

/** The bodies that a channel of service `S` can carry. */
export type BodyFor<S extends ServiceName> = Extract<Body, { case: (typeof accepts)[S][number] }>;

type BodyInit = NonNullable<MessageInitShape<typeof CommandSchema>["body"]>;

/** The same, as a sender writes them: plain literals. */
export type BodyInitFor<S extends ServiceName> = Extract<
  BodyInit,
  { case: (typeof accepts)[S][number] }
>;

type Unowned = Exclude<BodyCase, (typeof accepts)[ServiceName][number]>;
// A new member of the oneof fails here, by name, until some service accepts it.
({}) satisfies Record<Unowned, "no service accepts this body">;

/** Whether `body` may travel on a channel of `service`. A command without a body may nowhere. */
export function isFor<S extends ServiceName>(
  service: S,
  body: Command["body"],
): body is BodyFor<S> {
  const cases: readonly string[] = accepts[service];
  return body.case !== undefined && cases.includes(body.case);
}

/** Later official bodies, which go only to a session that has sent `hasCap` (CN12). */
export const laterBodies: ReadonlySet<BodyCase> = new Set<BodyCase>([
  "protocolError",
  "portClose",
  "otLinkFileResponse",
  "openFile",
  "fileOpened",
  "followUser",
  "unfollowUser",
  "updateSessionTimestamp",
  "sessionTimestampUpdated",
  "exitCodeEvent",
]);
