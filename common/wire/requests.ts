import type { Body, BodyCase } from "./body.ts";

/**
 * Which body answers which request, besides `error`, which may answer each of them (RE2). Only
 * bodies that stand here can be sent as a request.
 */
export const replyTo = {
  openChan: "openChanRes",
  closeChan: "closeChanRes",
  ping: "pong",
  auth: "ok",
  hello: "ok",
  read: "file",
  write: "ok",
  mkdir: "ok",
  remove: "ok",
  tryRemove: "ok",
  move: "ok",
  readdir: "files",
  stat: "statRes",
  persist: "ok",
  persistMirror: "ok",
  checkChanges: "changedFiles",
  fileAuthReq: "fileAuthRes",
  listObjects: "listObjectsResp",
  subscribeFile: "ok",
  otLinkFile: "ok",
  ot: "ok",
  flush: "ok",
  otFetchRequest: "otFetchResponse",
  runMain: "ok",
  clear: "ok",
  input: "ok",
  resizeTerm: "ok",
  saneTerm: "ok",
  PTYConfig: "ok",
  eval: "result",
  exec: "ok",
  ensurePackages: "ok",
  packageSearch: "packageSearchResp",
  packageInfo: "packageInfoResp",
  packageAdd: "ok",
  packageRemove: "ok",
  packageInstall: "ok",
  packageListSpecfile: "packageListSpecfileResp",
  packageCacheSave: "ok",
  chatMessage: "ok",
  openFile: "ok",
  followUser: "ok",
  unfollowUser: "ok",
  runContainedTest: "testResult",
  connect: "ok",
  fsSnapshot: "ok",
  fsTakeLock: "ok",
  fsReleaseLock: "ok",
  readMeta: "readMeta",
  writeMeta: "ok",
  appendMeta: "ok",
  startVCR: "ok",
  readVCR: "VCRLog",
  pprofRequest: "pprofResponse",
} as const satisfies Partial<Record<BodyCase, BodyCase>>;

/** Bodies of the later schema that answer in place of those above, where they are known (RE4). */
const laterReplyTo = {
  otLinkFile: "otLinkFileResponse",
} as const satisfies Partial<Record<keyof typeof replyTo, BodyCase>>;

type LaterReplyTo = typeof laterReplyTo;

export type RequestCase = keyof typeof replyTo;
export type ReplyTo<C extends RequestCase> = Extract<
  Body,
  { case: (typeof replyTo)[C] | (C extends keyof LaterReplyTo ? LaterReplyTo[C] : never) }
>;

/** Whether `body` is a good answer to `request`; `error` is none. */
export function isReplyTo<C extends RequestCase>(request: C, body: Body): body is ReplyTo<C> {
  const later: Partial<Record<RequestCase, BodyCase>> = laterReplyTo;
  return body.case === replyTo[request] || body.case === later[request];
}
