import { describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { ok } from "#common/lib/result.ts";
import { File_Type, FileEvent_Op } from "#common/wire/enums.ts";
import { FakeChannels } from "#test/helpers/fakeChannels.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { FilesService, type FilesEvent } from "./files.ts";
import { FsEventsService, type FileChange } from "./fsevents.ts";

async function turn(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

function makeFiles() {
  const channels = new FakeChannels();
  const events: FilesEvent[] = [];
  const watched: string[] = [];
  const unwatched: string[] = [];
  const service = new FilesService(
    { clock: new FakeClock(), open: channels.open, emit: (event) => events.push(event) },
    {
      watch: (path) => {
        watched.push(path);
        return Promise.resolve(ok(undefined));
      },
      unwatch: (path) => unwatched.push(path),
    },
  );
  const channel = channels.of("files");
  channel.attach();
  return { service, channel, events, watched, unwatched };
}

const entry = (path: string) => ({ path, type: File_Type.REGULAR });

describe("open directories", () => {
  it("are listed at once, and again when changes are told, so that none is missed", async () => {
    const { service, channel, events, watched } = makeFiles();
    const opened = service.openDirectory(".");
    channel.answer("readdir", { case: "files", value: { files: [entry("a")] } });
    expect(await opened).toEqual(ok([{ name: "a", kind: "file" }]));
    await turn();
    expect(watched).toEqual(["."]);
    channel.answer("readdir", { case: "files", value: { files: [entry("a"), entry("b")] } });
    await turn();
    expect(events.map((event) => (event.kind === "listed" ? event.entries.length : 0))).toEqual([
      1, 2,
    ]);
  });

  it("are not watched when they cannot be listed", async () => {
    const { service, channel, unwatched } = makeFiles();
    const opened = service.openDirectory("x");
    channel.refuse("readdir", new RequestError("not-found", "no such file"));
    expect(await opened).toMatchObject({ ok: false, error: { code: "not-found" } });
    expect(unwatched).toEqual(["x"]);
  });

  it("go with what they are in", async () => {
    const { service, channel, unwatched } = makeFiles();
    for (const path of ["a", "a/b", "ab"]) {
      const opened = service.openDirectory(path);
      channel.answer("readdir", { case: "files", value: {} });
      await opened;
      await turn();
      channel.answer("readdir", { case: "files", value: {} });
    }
    service.handleChange({ kind: "removed", path: "a" });
    expect(unwatched).toEqual(["a", "a/b"]);
  });
});

function makeEvents() {
  const channels = new FakeChannels();
  const changes: FileChange[] = [];
  const resumed: string[] = [];
  const service = new FsEventsService({
    open: channels.open,
    onChange: (change) => changes.push(change),
    onResumed: () => resumed.push("resumed"),
  });
  return { service, channel: channels.of("fsevents"), changes, resumed };
}

describe("changes on disk", () => {
  it("[FE1] are told by kind, with both paths of a move", () => {
    const { channel, changes } = makeEvents();
    channel.attach();
    const tell = (op: FileEvent_Op, type: File_Type, dest?: string): void =>
      channel.receive({
        case: "fileEvent",
        value: {
          op,
          file: { path: "a", type },
          ...(dest === undefined ? {} : { dest: { path: dest } }),
        },
      });
    tell(FileEvent_Op.Create, File_Type.DIRECTORY);
    tell(FileEvent_Op.Modify, File_Type.REGULAR);
    tell(FileEvent_Op.Move, File_Type.REGULAR, "b");
    tell(FileEvent_Op.Move, File_Type.REGULAR);
    tell(FileEvent_Op.Remove, File_Type.REGULAR);
    expect(changes).toEqual([
      { kind: "created", path: "a", entry: "directory" },
      { kind: "modified", path: "a" },
      { kind: "moved", path: "a", to: "b" },
      { kind: "removed", path: "a" },
    ]);
  });

  it("[FE2] are asked for again on a new connection, each path by itself, and then missed ones looked for", async () => {
    const { service, channel, resumed } = makeEvents();
    channel.attach();
    for (const path of ["a", "b", "c"]) void service.watch(path);
    for (let i = 0; i < 3; i++) channel.answer("subscribeFile", { case: "ok", value: {} });
    service.unwatch("b");
    await turn();
    expect(resumed).toEqual([]);
    channel.detach();
    channel.attach();
    expect(channel.requests).toHaveLength(2);
    channel.refuse("subscribeFile", new RequestError("not-found", "no such file"));
    channel.answer("subscribeFile", { case: "ok", value: {} });
    await turn();
    expect(resumed).toEqual(["resumed"]);
  });
});
