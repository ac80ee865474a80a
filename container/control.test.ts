import { describe, expect, it } from "vitest";
import { BootStatus_Stage, ContainerState_State } from "#common/wire/enums.ts";
import { fakeService } from "#test/helpers/fakeService.ts";
import type { FrameClient } from "#test/helpers/frameClient.ts";
import { createRoom } from "#test/helpers/room.ts";
import type { BootProgress } from "./boot.ts";

const owner = { role: "owner", userId: 7, name: "ada", guest: false } as const;

/** The bodies that a client has received and not taken, once the container has caught up. */
async function casesOf(client: FrameClient): Promise<readonly (string | undefined)[]> {
  await client.ping();
  return client.received.splice(0).map(({ body }) => body.case);
}

describe("the greeting", () => {
  it("[CN2] [CN3] tells stages, READY, who one is, and that later bodies are understood", async () => {
    const { client } = createRoom().connect(owner);
    await client.ping();
    const bodies = client.received.map(({ body }) => body);
    expect(bodies).toMatchObject([
      { case: "bootStatus", value: { stage: BootStatus_Stage.HANDSHAKE } },
      { case: "bootStatus", value: { stage: BootStatus_Stage.ACQUIRING } },
      { case: "bootStatus", value: { stage: BootStatus_Stage.COMPLETE } },
      { case: "containerState", value: { state: ContainerState_State.READY } },
      { case: "hello", value: { userid: 7, username: "ada", token: "" } },
      { case: "hasCap", value: true },
    ]);
    expect(client.received.every(({ channel, session }) => channel === 0 && session === 2)).toBe(
      true,
    );
  });

  it("[CN2] shows the work of a boot, and says something every 5 s", async () => {
    let report: (progress: BootProgress) => void = () => {};
    let finish: () => void = () => {};
    const room = createRoom({
      boot: (told) => {
        report = told;
        return new Promise((resolve) => (finish = resolve));
      },
    });
    const { client } = room.connect();
    const early = await client.request(0, { case: "openChan", value: { service: "null" } });
    expect(early.body).toMatchObject({ value: { error: "container is not ready" } });
    client.received.length = 0;

    report({ stage: BootStatus_Stage.PULL_FILES, progress: 3, total: 9 });
    expect(await client.next("bootStatus")).toMatchObject({ progress: 3, total: 9 });
    room.clock.advance(5000);
    expect(await client.next("bootStatus")).toMatchObject({ progress: 3, total: 9 });
    const { client: late } = room.connect();
    await late.next("bootStatus");
    await late.next("bootStatus");
    expect(await late.next("bootStatus")).toMatchObject({ progress: 3, total: 9 });

    finish();
    await client.ready();
    await late.ready();
    expect(room.clock.pending).toBe(0);
  });

  it("[CN2] [CN6] says why a boot has failed, and lets nobody wait", async () => {
    const room = createRoom({ boot: () => Promise.reject(new Error("disk is broken")) });
    const { client } = room.connect();
    expect(await client.next("toast")).toMatchObject({ text: "disk is broken" });
    expect(await client.next("containerState")).toMatchObject({
      state: ContainerState_State.SLEEP,
    });
    expect(await client.closed).toMatchObject({ code: 4002 });
    expect(await room.connect().client.closed).toMatchObject({ code: 4002 });
  });

  it("[CN17] tells of open ports, at once and later, and of their end to those who know it", async () => {
    const room = createRoom();
    room.platform.ports.open({ port: 3000, address: "127.0.0.1", forwardedPort: 40_000 });
    const old = await room.join();
    const young = await room.join();
    expect(await old.next("portOpen")).toMatchObject({ port: 3000, forwarded: true });
    await young.next("portOpen");
    await young.announceHasCap();

    room.platform.ports.open({ port: 5900, address: "0.0.0.0", pid: 12, command: ["vnc", "-x"] });
    expect(await young.next("portOpen")).toMatchObject({
      port: 5900,
      forwarded: false,
      pid: 12,
      comm: "vnc",
      cmdline: ["vnc", "-x"],
    });
    room.platform.ports.close(3000);
    expect(await young.next("portClose")).toMatchObject({ port: 3000, externalPort: 40_000 });
    expect(await casesOf(old)).toEqual(["portOpen"]);
  });
});

describe("channel 0", () => {
  it("[CN18] answers a ping with its ref", async () => {
    const client = await createRoom().join();
    const { body, session, channel } = await client.ping();
    expect({ case: body.case, session, channel }).toEqual({ case: "pong", session: 2, channel: 0 });
  });

  it("[CN7] counts sessions from 2, whoever a client pretends to be", async () => {
    const room = createRoom();
    const first = await room.join();
    const second = await room.join();
    expect([first.session, second.session]).toEqual([2, 3]);
  });

  it("[CN10] renames a guest, and nobody who has an account", async () => {
    const room = createRoom();
    const guest = await room.join({ userId: 5 });
    const hello = { userid: 1, username: " Grace\nHopper ", token: "x" };
    const { body } = await guest.request(0, { case: "hello", value: hello });
    expect(body.case).toBe("ok");
    expect(await guest.next("hello")).toMatchObject({ userid: 5, username: "Grace Hopper" });

    for (const username of ["", " \n", "x".repeat(65)]) {
      const refused = await guest.request(0, { case: "hello", value: { username } });
      expect(refused.body.case).toBe("error");
    }
    const ada = await room.join(owner);
    const refused = await ada.request(0, { case: "hello", value: { username: "eve" } });
    expect(refused.body).toMatchObject({
      case: "error",
      value: "permission denied: the name is that of the account",
    });
    expect([...room.container.sessions].map(({ name }) => name)).toEqual(["Grace Hopper", "ada"]);
  });

  it("[CN11] lets go of everything at goodbye, without a grace period", async () => {
    const shell = fakeService("shell", { lingerMs: 60_000 });
    const room = createRoom({ services: [shell] });
    const client = await room.join();
    await client.open("shell", "sheller");
    client.send(0, { case: "goodbye", value: {} });
    expect(await client.closed).toMatchObject({ code: 1000 });
    expect(shell.calls).toEqual(["attach 2", "detach 2", "close"]);
    expect(room.clock.pending).toBe(0);
  });

  it("[CN13] keeps channels for one who asked, until goodbye or the longest time", async () => {
    const shell = fakeService("shell", { lingerMs: 1000 });
    const room = createRoom({ services: [shell], limits: { keepAliveMs: 9000 } });
    const client = await room.join({ userId: 5 });
    await client.open("shell", "sheller");
    client.send(0, { case: "incRef", value: {} });
    await client.ping();
    expect(room.container.keptAlive).toBe(true);
    client.close();
    await client.closed;
    room.clock.advance(8999);
    expect(shell.calls).not.toContain("close");
    room.clock.advance(1001);
    expect(shell.calls).toContain("close");
    expect(room.container.keptAlive).toBe(false);

    const again = await room.join({ userId: 5 });
    again.send(0, { case: "incRef", value: {} });
    await again.ping();
    again.send(0, { case: "goodbye", value: {} });
    await again.closed;
    expect(room.container.keptAlive).toBe(false);
  });

  it("[CN14] answers the inspector of an owner only", async () => {
    const room = createRoom({ services: [fakeService("chat")] });
    const ada = await room.join(owner);
    await ada.open("chat", "chatter");
    const ask = (text: string) => ada.request(0, { case: "debug", value: { text } });
    expect((await ask("sessions")).body).toMatchObject({
      value: { text: "session 2: ada (owner), hasCap false, 0 bytes queued" },
    });
    expect((await ask("channels")).body).toMatchObject({
      value: { text: "channel 1: chat chatter, sessions 2" },
    });
    expect((await ask("help")).body.case).toBe("debug");
    expect(ada.received).toHaveLength(2);
    expect((await ask("toString")).body).toMatchObject({
      value: { text: 'unknown command "toString"; try help' },
    });
    const editor = await room.join();
    const { body } = await editor.request(0, { case: "debug", value: { text: "sessions" } });
    expect(body).toMatchObject({ case: "error" });
  });

  it("[CN15] refuses what is internal, late, or only the container's to send", async () => {
    const client = await createRoom().join(owner);
    const auth = await client.request(0, { case: "auth", value: { token: "x" } });
    expect(auth.body.value).toBe("permission denied: auth is for the first frame only");
    const config = await client.request(0, { case: "pid1Config", value: { cwd: "/" } });
    expect(config.body.value).toBe("permission denied: pid1Config is internal");
    const state = await client.request(0, { case: "containerState", value: {} });
    expect(state.body.value).toBe("bad request: only the container sends containerState");
    const input = await client.request(0, { case: "input", value: "x" });
    expect(input.body.value).toBe("bad request: channel 0 takes no input");
  });

  it("[CN19] sends toasts and redirects to everyone", async () => {
    const room = createRoom();
    const [first, second] = [await room.join(), await room.join()];
    room.container.toast("lunch");
    room.container.redirect("ws://elsewhere");
    for (const client of [first, second]) {
      expect(await client.next("toast")).toMatchObject({ text: "lunch" });
      expect(await client.next("redirect")).toMatchObject({ url: "ws://elsewhere" });
    }
  });

  it("[RO1] lets a viewer ask nothing of the container that changes it", async () => {
    const room = createRoom();
    const viewer = await room.join({ role: "viewer" });
    const { body } = await viewer.request(0, { case: "incRef", value: {} });
    expect(body.value).toBe("permission denied: a viewer may not keep the container alive");
    expect(room.container.keptAlive).toBe(false);
  });
});
