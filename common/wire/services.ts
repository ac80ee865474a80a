import type { ServiceName } from "./body.ts";

/** What `openChan.service` may say, and which slice it means. The first name of a slice is the one we send. */
const wireNames: Readonly<Record<Exclude<ServiceName, "control">, readonly [string, ...string[]]>> =
  {
    files: ["gcsfiles", "files"],
    fsevents: ["fsevents"],
    ot: ["ot"],
    shell: ["shell"],
    run: ["shellrun2", "run", "run2", "interp", "interp2"],
    eval: ["eval"],
    exec: ["exec"],
    packager: ["packager3", "packager", "packager2"],
    lsp: ["lsp", "lsp2"],
    lint: ["lint"],
    unittest: ["unittest"],
    debugger: ["debugger"],
    socket: ["socket"],
    chat: ["chat"],
    presence: ["presence"],
    snapshot: ["snapshot"],
    metadata: ["metadata"],
    vcr: ["vcr"],
    metrics: ["metrics"],
    pprof: ["pprof"],
    audio: ["audio"],
  };

/** A service that a channel can be opened for: every one but channel 0's. */
export type ChannelServiceName = keyof typeof wireNames;

const sliceByWireName = new Map(
  Object.entries(wireNames).flatMap(([slice, names]) =>
    names.map((name) => [name, slice as ChannelServiceName] as const),
  ),
);

/** The slice that answers to a name on the wire, or undefined when nobody does. */
export function serviceOfWireName(name: string): ChannelServiceName | undefined {
  return sliceByWireName.get(name);
}

/** The name we open a slice by. */
export function wireNameOf(service: ChannelServiceName): string {
  return wireNames[service][0];
}

/** Channel names that everybody knows, so that all sessions meet in one (CH4). */
export const wellKnownChannel = {
  shell: "sheller",
  run: "shellrunner",
  eval: "evaler",
  packager: "packager",
  chat: "chatter",
  presence: "presencer",
  unittest: "unittester",
  debugger: "debugger",
  vcr: "vcr",
  audio: "audio",
} as const satisfies Partial<Record<ChannelServiceName, string>>;

/** The channel on which the text of `path` is edited. */
export function otChannelName(path: string): string {
  return `ot:${path}`;
}

const HISTORY_PREFIX = "history:";

/** The channel of the ot service on which the history of `path` is read (OT33, of none OT34). */
export function historyChannelName(path: string): string {
  return HISTORY_PREFIX + path;
}

/** The path that such a name holds. */
export function pathOfHistoryChannel(name: string): string | undefined {
  return name.startsWith(HISTORY_PREFIX) ? name.slice(HISTORY_PREFIX.length) : undefined;
}
