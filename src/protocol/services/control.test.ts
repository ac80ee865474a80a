import { describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { BootStatus_Stage } from "#common/wire/enums.ts";
import type { BodyFor } from "#common/wire/body.ts";
import { FakeChannel } from "#test/helpers/fakeChannels.ts";
import { ControlService, type ControlEvent } from "./control.ts";

function make(name = "") {
  const events: ControlEvent[] = [];
  const service: { current: ControlService | undefined } = { current: undefined };
  const session = { id: 2 };
  const channel = new FakeChannel("control", "", {
    handle: (body) => service.current?.handle(body as BodyFor<"control">, session.id),
  });
  channel.isOpen = true;
  const control = new ControlService({
    channel: channel.facade(),
    emit: (event) => events.push(event),
    name,
  });
  service.current = control;
  return { control, channel, events, session };
}

describe("control", () => {
  it("[CN12] asks for the later bodies first of all", () => {
    const { control, channel } = make();
    control.attached("editor");
    expect(channel.sent).toEqual([{ case: "hasCap", value: true }]);
  });

  it("learns who it is from the container's hello and the role of its token", () => {
    const { control, channel, events, session } = make();
    session.id = 7;
    control.attached("viewer");
    channel.receive({ case: "hello", value: { userid: 3, username: "calm otter" } });
    const self = { userId: 3, session: 7, name: "calm otter", role: "viewer" };
    expect(events).toEqual([{ kind: "self", self }]);
    expect(channel.requests).toEqual([]);
  });

  it("[CN10] asks for the name that a guest has chosen, once for each connection", () => {
    const { control, channel } = make("Zoë");
    for (let life = 0; life < 2; life++) {
      control.attached("editor");
      channel.receive({ case: "hello", value: { username: "calm otter" } });
      channel.receive({ case: "hello", value: { username: "Zo" } });
      expect(channel.requests.map(({ body }) => body.value)).toEqual([{ username: "Zoë" }]);
      channel.answer("hello", { case: "ok", value: {} });
    }
  });

  it("[CN10] leaves a name alone that the container knows already", () => {
    const { control, channel } = make("Zoë");
    control.attached("editor");
    channel.receive({ case: "hello", value: { username: "Zoë" } });
    expect(channel.requests).toEqual([]);
  });

  it("[CN10] renames, or tells why not", async () => {
    const { control, channel } = make();
    control.attached("editor");
    channel.receive({ case: "hello", value: { username: "calm otter" } });
    const renamed = control.rename("Zoë");
    channel.answer("hello", { case: "ok", value: {} });
    expect(await renamed).toEqual({ ok: true, value: undefined });
    expect(control.wantedName).toBe("Zoë");
    const refused = control.rename("");
    channel.refuse("hello", new RequestError("bad-request", "a name is needed"));
    expect(await refused).toMatchObject({ ok: false, error: { message: "a name is needed" } });
    expect(control.wantedName).toBe("Zoë");
  });

  it("tells boot stages, ports and toasts", () => {
    const { channel, events } = make();
    const value = { stage: BootStatus_Stage.PULL_FILES, progress: 2, total: 5 };
    channel.receive({ case: "bootStatus", value });
    channel.receive({
      case: "portOpen",
      value: {
        port: 8080,
        address: "127.0.0.1",
        forwarded: true,
        externalPort: 4000,
        cmdline: ["node", "server.js"],
      },
    });
    channel.receive({ case: "portOpen", value: { port: 22, address: "0.0.0.0" } });
    channel.receive({ case: "portClose", value: { port: 22 } });
    channel.receive({ case: "toast", value: { text: "Hello" } });
    channel.receive({ case: "pong", value: {} });
    expect(events).toEqual([
      { kind: "boot", stage: "pull-files", progress: 2, total: 5 },
      {
        kind: "port-opened",
        port: {
          port: 8080,
          address: "127.0.0.1",
          forwardedPort: 4000,
          command: ["node", "server.js"],
        },
      },
      { kind: "port-opened", port: { port: 22, address: "0.0.0.0", command: [] } },
      { kind: "port-closed", port: 22 },
      { kind: "toast", text: "Hello" },
    ]);
  });
});
