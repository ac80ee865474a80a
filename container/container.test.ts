import { describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { decodeCommand, encodeCommand } from "#common/wire/codec.ts";
import { fakeService } from "#test/helpers/fakeService.ts";
import { createRoom } from "#test/helpers/room.ts";
import type { Reply } from "./service.ts";
import type { RoomFrame } from "./wire.ts";

describe("answers", () => {
  const files = fakeService("files", {
    handle: (body, _from, reply) => {
      if (body.case === "read") throw new RequestError("not-found", "x: no such file or directory");
      if (body.case === "write") throw new TypeError("a bug");
      if (body.case === "stat") return Promise.reject(new RequestError("denied", "no"));
      reply({ case: "ok", value: {} });
      return undefined;
    },
  });

  it("[RE1] carry the ref, and go to the one who asked, stamped with its session", async () => {
    const room = createRoom({ services: [files] });
    const [a, b] = [await room.join(), await room.join()];
    const { id } = await a.open("files", "shared");
    await b.open("files", "shared");
    const answer = await b.request(id, { case: "mkdir", value: { path: "x" } });
    expect(answer).toMatchObject({ channel: id, session: b.session, body: { case: "ok" } });
    await a.ping();
    expect(a.received).toEqual([]);
  });

  it("[RE2] come to every request, also when it fails, is not for the service, or meets a bug", async () => {
    const client = await createRoom({ services: [files] }).join();
    const { id } = await client.open("files");
    const ask = async (body: Parameters<typeof client.request>[1]) =>
      (await client.request(id, body)).body;
    expect(await ask({ case: "read", value: {} })).toEqual({
      case: "error",
      value: "x: no such file or directory",
    });
    expect(await ask({ case: "stat", value: {} })).toEqual({ case: "error", value: "no" });
    expect(await ask({ case: "write", value: {} })).toEqual({
      case: "error",
      value: "internal error",
    });
    expect(await ask({ case: "runMain", value: {} })).toEqual({
      case: "error",
      value: "bad request: files takes no runMain",
    });
    expect(await ask({ case: "mkdir", value: {} })).toMatchObject({ case: "ok" });
  });

  it("[RE2] come once", async () => {
    const twice = fakeService("files", {
      handle: (_body, _from, reply) => {
        reply({ case: "ok", value: {} });
        reply({ case: "ok", value: {} });
        throw new RequestError("failed", "too late");
      },
    });
    const client = await createRoom({ services: [twice] }).join();
    const { id } = await client.open("files");
    await client.request(id, { case: "mkdir", value: {} });
    await client.ping();
    expect(client.received).toEqual([]);
  });

  it("[RE3] to a body without ref are sent only when they are errors", async () => {
    const client = await createRoom({ services: [files] }).join();
    const { id } = await client.open("files");
    client.send(id, { case: "mkdir", value: {} });
    client.send(id, { case: "stat", value: {} });
    await client.next("error");
    expect(client.received).toEqual([]);
  });

  it("[RE4] can hold a later body behind one of the seed", async () => {
    const ot = fakeService("ot", {
      handle: (_body, _from, reply) =>
        reply(
          { case: "ok", value: {} },
          { case: "otLinkFileResponse", value: { version: 7, linkedFile: { path: "a" } } },
        ),
    });
    const room = createRoom({ services: [ot] });
    const client = await room.join();
    const { id } = await client.open("ot", "ot:a");
    const frames: Uint8Array[] = [];
    room.container.onFrame(({ frame }) => frames.push(frame));
    const answer = await client.request(id, { case: "otLinkFile", value: {} });
    expect(answer.body).toMatchObject({ case: "otLinkFileResponse", value: { version: 7 } });
    expect(answer).toMatchObject({ session: client.session, channel: id });
    // Field 30, `ok`, of length 0 stands in front of field 229.
    const bytes = [...(frames.at(-1) ?? [])];
    expect(bytes.join(" ")).toContain([0xf2, 0x01, 0x00].join(" "));
  });
});

describe("the order of things", () => {
  it("[CH13] holds within a channel while others go on", async () => {
    const waiting: (() => void)[] = [];
    const slow = fakeService("exec", {
      handle: async (body, _from, reply) => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        reply({ case: "ok", value: {} });
        if (body.case === "input") throw new Error("unexpected");
      },
    });
    const quick = fakeService("files", {
      handle: (_body, _from, reply) => reply({ case: "ok", value: {} }),
    });
    const room = createRoom({ services: [slow, quick] });
    const [client, other] = [await room.join(), await room.join()];
    const { id } = await client.open("exec", "shared");
    const fast = await client.open("files");
    const first = client.request(id, { case: "exec", value: {} });
    const second = client.request(id, { case: "exec", value: {} });
    const opening = other.open("exec", "shared");
    await client.request(fast.id, { case: "mkdir", value: {} });
    await other.ping();
    expect(slow.calls).toEqual(["attach 2", "exec 2"]);

    waiting.shift()?.();
    await first;
    expect(slow.calls).toEqual(["attach 2", "exec 2", "exec 2"]);
    waiting.shift()?.();
    await second;
    await opening;
    expect(slow.calls).toEqual(["attach 2", "exec 2", "exec 2", "attach 3"]);
  });

  it("[CN9] tells the services of a lost connection, and still does what it asked", async () => {
    const replies: Reply<"exec">[] = [];
    const exec = fakeService("exec", { handle: (_body, _from, reply) => void replies.push(reply) });
    const room = createRoom({ services: [exec] });
    const { client, clientEnd } = room.connect();
    await client.ready();
    const stays = await room.join();
    const { id } = await client.open("exec", "shared");
    await stays.open("exec", "shared");
    let emptied = 0;
    room.container.onEmpty(() => emptied++);
    client.send(id, { case: "exec", value: {} }, "r");
    clientEnd.close(1006, "");
    await stays.ping();
    expect(exec.calls).toEqual(["attach 2", "attach 3", "exec 2", "detach 2"]);
    replies[0]?.({ case: "ok", value: {} });
    expect(emptied).toBe(0);
    stays.close();
    await stays.closed;
    await room.join();
    expect(emptied).toBe(1);
  });
});

describe("broadcasts", () => {
  it("[CN7] [CN12] are stamped for whom they are, and later bodies reach only who knows them", async () => {
    const room = createRoom({
      services: [
        fakeService("shell", {
          handle: (body, from, _reply, { channel }) => {
            if (body.case === "input") {
              channel.broadcast({ case: "output", value: "all" });
              channel.broadcast({ case: "output", value: "others" }, { except: from });
              channel.broadcast({ case: "exitCodeEvent", value: 3 });
              channel.send(from, { case: "output", value: "you" });
            }
          },
        }),
      ],
    });
    const frames: RoomFrame[] = [];
    const [a, b] = [await room.join(), await room.join()];
    const { id } = await a.open("shell", "one");
    await b.open("shell", "one");
    await b.announceHasCap();
    const stop = room.container.onFrame((frame) => frames.push(frame));
    a.send(id, { case: "input", value: "x" });
    await a.ping();
    await b.ping();
    stop();
    const told = (client: typeof a) =>
      client.received.splice(0).map(({ session, body }) => [session, body.value]);
    expect(told(a)).toEqual([
      [0, "all"],
      [2, "you"],
    ]);
    expect(told(b)).toEqual([
      [0, "all"],
      [-2, "others"],
      [0, 3],
    ]);

    // The recorder has seen each frame once, in order.
    const seen = frames.map(({ direction, session, frame }) => {
      return [direction, session?.id, decodeCommand(frame).body.value] as const;
    });
    expect(seen.slice(0, 5)).toEqual([
      ["in", 2, "x"],
      ["out", undefined, "all"],
      ["out", undefined, "others"],
      ["out", undefined, 3],
      ["out", 2, "you"],
    ]);
  });

  it("[CN8] never wait for a slow client, who is sent away to come back", async () => {
    const shell = fakeService("shell", {
      handle: (body, _from, _reply, { channel }) => {
        if (body.case === "input") channel.broadcast({ case: "output", value: body.value });
      },
    });
    const room = createRoom({ services: [shell], limits: { queuedBytes: 10_000 } });
    const quick = await room.join();
    const slow = room.connect();
    await slow.client.ready();
    const { id } = await quick.open("shell", "one");
    await slow.client.open("shell", "one");
    slow.containerEnd.stall(true);
    const [, slowSession] = room.container.sessions;
    for (let i = 1; i <= 20; i++) {
      quick.send(id, { case: "input", value: "x".repeat(1000) });
      await quick.next("output");
      expect(slowSession?.queuedBytes).toBeLessThanOrEqual(10_000);
    }
    expect(shell.calls).toContain("detach 3");
    slow.containerEnd.stall(false);
    expect(await slow.client.closed).toMatchObject({ code: 1013 });
    expect(room.container.sessions.size).toBe(1);
  });
});

describe("the role of a viewer", () => {
  it("[RO1] lets through what the service lists, and answers the rest with an error", async () => {
    const shell = fakeService("shell", {
      viewerMay: new Set(["resizeTerm"]),
      handle: (_body, _from, reply) => reply({ case: "ok", value: {} }),
    });
    const room = createRoom({ services: [shell] });
    const viewer = await room.join({ role: "viewer" });
    const { id } = await viewer.open("shell", "one");
    const allowed = await viewer.request(id, { case: "resizeTerm", value: {} });
    expect(allowed.body.case).toBe("ok");
    const refused = await viewer.request(id, { case: "input", value: "rm -rf ." });
    expect(refused.body.value).toBe("permission denied: a viewer may not send input");
    viewer.send(id, { case: "input", value: "rm -rf ." });
    expect(await viewer.next("error")).toBe("permission denied: a viewer may not send input");
    expect(shell.calls).toEqual(["attach 2", "resizeTerm 2"]);
  });
});

describe("broken frames", () => {
  const broken: Readonly<Record<string, Uint8Array>> = {
    truncated: encodeCommand({ body: { case: "toast", value: { text: "hello" } } }).slice(0, -2),
    random: Uint8Array.from({ length: 60 }, (_, i) => (i * 181 + 255) & 0xff),
    "for a channel that is not open": encodeCommand({
      channel: 77,
      body: { case: "input", value: "x" },
    }),
  };

  it.each(Object.entries(broken))(
    "[CN4] [CN5] [CN6] [CH8] %s: are dropped, and ten in a minute end the connection",
    async (_kind, frame) => {
      const room = createRoom();
      const [bad, other] = [await room.join(), await room.join()];
      await bad.announceHasCap();
      for (let i = 0; i < 9; i++) bad.sendFrame(frame);
      await bad.ping();
      room.clock.advance(60_001);
      for (let i = 0; i < 9; i++) bad.sendFrame(frame);
      await bad.ping();
      expect(bad.received).toEqual([]);
      bad.sendFrame(frame);
      expect((await bad.next("protocolError")).text).toContain("too many broken frames");
      expect(await bad.closed).toMatchObject({ code: 1008 });
      await other.ping();
      expect(other.received).toEqual([]);
    },
  );

  it("[CN16] without a body are none of ours, but nobody waits in vain for an answer", async () => {
    const client = await createRoom().join();
    for (let i = 0; i < 50; i++) client.sendFrame(encodeCommand({ channel: i }));
    client.sendFrame(new Uint8Array());
    client.sendFrame(encodeCommand({ channel: 5, ref: "r" }));
    expect(await client.take(({ ref }) => ref === "r")).toMatchObject({
      body: { case: "error", value: "bad request: the container does not know this body" },
    });
    await client.ping();
    expect(client.received).toEqual([]);
  });
});

describe("the end", () => {
  it("[CN3] [CN6] sends everyone away, and waits for what services hold", async () => {
    let letGo: () => void = () => {};
    const shell = fakeService("shell", {
      close: () => new Promise((resolve) => (letGo = resolve)),
    });
    const room = createRoom({ services: [shell] });
    const client = await room.join();
    await client.open("shell", "one");
    let closed = false;
    const closing = room.container.close().then(() => (closed = true));
    expect(await client.closed).toMatchObject({ code: 1001 });
    expect(closed).toBe(false);
    letGo();
    await closing;
    expect(room.clock.pending).toBe(0);
  });
});
