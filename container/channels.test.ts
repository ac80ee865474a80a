import { describe, expect, it } from "vitest";
import {
  CloseChannel_Action,
  CloseChannelRes_Status,
  OpenChannel_Action,
  OpenChannelRes_State,
} from "#common/wire/enums.ts";
import { RequestError } from "#common/lib/errors.ts";
import { fakeService } from "#test/helpers/fakeService.ts";
import type { FrameClient } from "#test/helpers/frameClient.ts";
import { createRoom } from "#test/helpers/room.ts";

const { CREATE, ATTACH, ATTACH_OR_CREATE } = OpenChannel_Action;
const { CREATED, ATTACHED } = OpenChannelRes_State;
const { DISCONNECT, TRY_CLOSE, CLOSE } = CloseChannel_Action;
const Status = CloseChannelRes_Status;

async function close(client: FrameClient, id: number, action: CloseChannel_Action) {
  const { body } = await client.request(0, { case: "closeChan", value: { id, action } });
  return body;
}

describe("opening a channel", () => {
  it("[CH1] [CH5] says truly whether it was created, and gives all the same number", async () => {
    const room = createRoom({ services: [fakeService("shell")] });
    const [a, b] = [await room.join(), await room.join()];
    expect(await a.open("shell", "one")).toEqual({ id: 1, state: CREATED });
    expect(await b.open("shell", "one")).toEqual({ id: 1, state: ATTACHED });
    expect(await b.open("shell", "one", ATTACH)).toEqual({ id: 1, state: ATTACHED });
    expect(await b.open("shell", "two", CREATE)).toEqual({ id: 2, state: CREATED });
    expect(await a.open("shell", "two", ATTACH)).toEqual({ id: 2, state: ATTACHED });
  });

  it("[CH5] changes nothing when the session has it open, or is about to", async () => {
    const shell = fakeService("shell");
    const client = await createRoom({ services: [shell] }).join();
    const opened = await Promise.all([client.open("shell", "one"), client.open("shell", "one")]);
    expect(opened).toEqual([
      { id: 1, state: CREATED },
      { id: 1, state: ATTACHED },
    ]);
    expect(await client.open("shell", "one")).toEqual({ id: 1, state: ATTACHED });
    expect(shell.calls).toEqual(["attach 2"]);
  });

  it("[CH1] never lets anyone attach to an anonymous channel", async () => {
    const room = createRoom({ services: [fakeService("exec")] });
    const client = await room.join();
    expect(await client.open("exec")).toEqual({ id: 1, state: CREATED });
    expect(await client.open("exec", "", ATTACH_OR_CREATE)).toEqual({ id: 2, state: CREATED });
    await expect(client.open("exec", "", ATTACH)).rejects.toThrow('channel "" does not exist');
  });

  it("[CH1] [CH2] refuses names that are missing, taken, or another service's", async () => {
    const room = createRoom({ services: [fakeService("shell"), fakeService("chat")] });
    const client = await room.join();
    await client.open("shell", "one");
    await expect(client.open("shell", "two", ATTACH)).rejects.toThrow(
      'channel "two" does not exist',
    );
    await expect(client.open("shell", "one", CREATE)).rejects.toThrow(
      'channel "one" exists already',
    );
    await expect(client.open("chat", "one")).rejects.toThrow(
      'channel "one" belongs to the service shell',
    );
    await expect(client.open("null", "one")).rejects.toThrow("belongs to the service shell");
    await expect(client.open("shell", "x".repeat(5000))).rejects.toThrow("name is too long");
    await expect(client.open("shell", "x", 9 as OpenChannel_Action)).rejects.toThrow(
      "unknown action 9",
    );
  });

  it("[CH4] takes all names that a service has on the wire", async () => {
    const room = createRoom({ services: [fakeService("run"), fakeService("files")] });
    const client = await room.join();
    expect(await client.open("shellrun2", "shellrunner")).toEqual({ id: 1, state: CREATED });
    expect(await client.open("interp2", "shellrunner")).toEqual({ id: 1, state: ATTACHED });
    expect(await client.open("gcsfiles")).toEqual({ id: 2, state: CREATED });
    expect(await client.open("files")).toEqual({ id: 3, state: CREATED });
  });

  it("[CH12] [RO2] refuses what nobody answers, and what the role may not open", async () => {
    const room = createRoom({ services: [fakeService("exec", { mayOpen: ["owner"] })] });
    const client = await room.join();
    await expect(client.open("nonsense")).rejects.toThrow('unknown service "nonsense"');
    await expect(client.open("vcr")).rejects.toThrow('service "vcr" is not available here');
    await expect(client.open("exec")).rejects.toThrow(
      "permission denied: the role editor may not open exec",
    );
  });

  it("[CH12] tells why a service could not be made, and forgets the channel", async () => {
    let fails = true;
    const create = (): void => {
      if (fails) throw new RequestError("not-found", "no shell here");
    };
    const room = createRoom({ services: [fakeService("shell", { create })] });
    const [a, b] = [await room.join(), await room.join()];
    const results = await Promise.allSettled([a.open("shell", "one"), b.open("shell", "one")]);
    for (const result of results) {
      expect(result).toMatchObject({ reason: { message: "no shell here" } });
    }
    fails = false;
    expect(await b.open("shell", "one")).toEqual({ id: 2, state: CREATED });
  });

  it("[CH3] comes before everything else on the channel", async () => {
    const chat = fakeService("chat", {
      attach: (session, { channel }) => {
        channel.send(session, { case: "chatScrollback", value: {} });
        channel.broadcast({ case: "chatTyping", value: {} });
      },
    });
    const room = createRoom({ services: [chat] });
    const client = await room.join();
    client.send(0, { case: "openChan", value: { service: "chat", name: "chatter" } }, "r");
    await client.next("chatTyping");
    expect(client.received.map(({ body }) => body.case)).toEqual(["openChanRes", "chatScrollback"]);
  });

  it("[CH9] has a limit, which its error names, and harms nobody", async () => {
    const room = createRoom({ services: [fakeService("exec")] });
    const [greedy, other] = [await room.join(), await room.join()];
    for (let i = 0; i < 10_000; i++) {
      greedy.send(0, { case: "openChan", value: { service: "exec" } }, `open ${i}`);
    }
    await other.open("exec");
    await greedy.ping();
    const errors = greedy.received.splice(0).map(({ body }) => {
      if (body.case !== "openChanRes") throw new Error(`got ${body.case}`);
      return body.value.error;
    });
    expect(errors.filter((error) => error === "")).toHaveLength(1000);
    expect(new Set(errors)).toEqual(new Set(["", "too many open channels: the limit is 1000"]));
    await close(greedy, 1, TRY_CLOSE);
    expect((await greedy.open("exec")).state).toBe(CREATED);
  });

  it("[CH10] of null and open works, and says nothing ever", async () => {
    const client = await createRoom().join();
    for (const service of ["null", "open"]) {
      const { id } = await client.open(service, service);
      client.send(id, { case: "input", value: "x" }, "r");
      client.send(id, { case: "chatMessage", value: { text: "x" } });
      await client.ping();
      expect(client.received).toEqual([]);
      expect(await close(client, id, TRY_CLOSE)).toMatchObject({ case: "closeChanRes" });
    }
  });
});

describe("closing a channel", () => {
  it("[CH6] detaches by DISCONNECT, and closes by TRY_CLOSE only what nobody else uses", async () => {
    const shell = fakeService("shell", { lingerMs: 1000 });
    const room = createRoom({ services: [shell] });
    const [a, b] = [await room.join(), await room.join()];
    const { id } = await a.open("shell", "one");
    await b.open("shell", "one");
    expect((await close(a, id, DISCONNECT)).value).toMatchObject({ id, status: Status.DISCONNECT });
    expect((await close(a, id, DISCONNECT)).value).toMatchObject({ id, status: Status.NOTHING });
    await a.open("shell", "one");
    expect((await close(a, id, TRY_CLOSE)).value).toMatchObject({ status: Status.DISCONNECT });
    expect((await close(b, id, TRY_CLOSE)).value).toMatchObject({ status: Status.CLOSE });
    expect(shell.calls.at(-1)).toBe("close");
    expect((await close(b, 99, CLOSE)).value).toMatchObject({ id: 99, status: Status.NOTHING });
  });

  it("[CH7] [CH3] tells the others by CLOSE, and forgives what they still send", async () => {
    const shell = fakeService("shell");
    const room = createRoom({ services: [shell] });
    const [a, b] = [await room.join(), await room.join()];
    const { id } = await a.open("shell", "one");
    await b.open("shell", "one");
    expect((await close(a, id, CLOSE)).value).toMatchObject({ id, status: Status.CLOSE });
    expect(await b.take(({ body }) => body.case === "closeChanRes")).toMatchObject({
      ref: "",
      session: b.session,
      body: { value: { id, status: Status.CLOSE } },
    });
    for (let i = 0; i < 50; i++) b.send(id, { case: "input", value: "still here" });
    await b.ping();
    expect(b.received).toEqual([]);
    expect(shell.calls).toEqual(["attach 2", "attach 3", "detach 2", "close"]);
  });

  it("[CH11] keeps a named channel for its time, and an anonymous one for none", async () => {
    const shell = fakeService("shell", { lingerMs: 1000 });
    const room = createRoom({ services: [shell] });
    const a = await room.join();
    const named = await a.open("shell", "one");
    await a.open("shell");
    a.close();
    await a.closed;
    await room.join();
    expect(shell.calls).toEqual(["attach 2", "attach 2", "detach 2", "detach 2", "close"]);

    room.clock.advance(999);
    const b = await room.join();
    expect(await b.open("shell", "one")).toEqual({ id: named.id, state: ATTACHED });
    room.clock.advance(5000);
    await close(b, named.id, DISCONNECT);
    room.clock.advance(999);
    expect(shell.calls.filter((call) => call === "close")).toHaveLength(1);
    room.clock.advance(1);
    expect(shell.calls.filter((call) => call === "close")).toHaveLength(2);
  });

  it("[CH13] gives a name free only when its service has let go", async () => {
    let letGo: () => void = () => {};
    const order: string[] = [];
    const shell = fakeService("shell", {
      create: () => void order.push("create"),
      close: () =>
        new Promise((resolve) => {
          letGo = () => {
            order.push("closed");
            resolve();
          };
        }),
    });
    const room = createRoom({ services: [shell] });
    const client = await room.join();
    const { id } = await client.open("shell", "one");
    await close(client, id, CLOSE);
    const opening = client.open("shell", "one");
    await client.ping();
    letGo();
    expect((await opening).id).not.toBe(id);
    expect(order).toEqual(["create", "closed", "create"]);
  });

  it("[RO3] is a viewer's to do only for itself", async () => {
    const shell = fakeService("shell", { lingerMs: 1000 });
    const room = createRoom({ services: [shell] });
    const viewer = await room.join({ role: "viewer" });
    const { id } = await viewer.open("shell", "one");
    expect(await close(viewer, id, CLOSE)).toEqual({
      case: "error",
      value: "permission denied: a viewer may not close a channel for others",
    });
    expect((await close(viewer, id, TRY_CLOSE)).value).toMatchObject({ status: Status.DISCONNECT });
    await viewer.open("shell", "one");
    viewer.send(0, { case: "goodbye", value: {} });
    await viewer.closed;
    expect(shell.calls).toEqual(["attach 2", "detach 2", "attach 2", "detach 2"]);
  });
});
