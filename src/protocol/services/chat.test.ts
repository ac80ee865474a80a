import { describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { FakeChannels } from "#test/helpers/fakeChannels.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { ChatService, type ChatEvent } from "./chat.ts";

function make() {
  const clock = new FakeClock(1000);
  const channels = new FakeChannels();
  const events: ChatEvent[] = [];
  const chat = new ChatService(
    { clock, open: channels.open, emit: (event) => events.push(event) },
    () => "Me",
  );
  const channel = channels.of("chat");
  channel.attach();
  return { clock, chat, channel, events };
}

describe("chat", () => {
  it("[CH4] meets the others in the well-known channel", () => {
    expect(make().channel.name).toBe("chatter");
  });

  it("tells the history, messages and who is typing", () => {
    const { channel, events } = make();
    const scrollback = [{ username: "Ada", text: "first" }];
    channel.receive({ case: "chatScrollback", value: { scrollback } });
    channel.receive({ case: "chatMessage", value: { username: "Bob", text: "second" } });
    channel.receive({ case: "chatTyping", value: { username: "Bob", typing: true } });
    expect(events).toEqual([
      {
        kind: "scrollback",
        messages: [{ author: "Ada", text: "first", receivedMs: undefined }],
      },
      { kind: "message", message: { author: "Bob", text: "second", receivedMs: 1000 } },
      { kind: "typing", author: "Bob", typing: true },
    ]);
  });

  it("[CT1] tells an own message when the container has taken it, since only others get it", async () => {
    const { chat, channel, events } = make();
    const said = chat.say("hi");
    expect(events).toEqual([]);
    channel.answer("chatMessage", { case: "ok", value: {} });
    expect(await said).toEqual({ ok: true, value: undefined });
    expect(events).toEqual([
      { kind: "message", message: { author: "Me", text: "hi", receivedMs: 1000 } },
    ]);
  });

  it("[CT3] hands back why a message was not taken", async () => {
    const { chat, channel, events } = make();
    const said = chat.say("x".repeat(20_000));
    channel.refuse("chatMessage", new RequestError("too-large", "message too long"));
    expect(await said).toMatchObject({ ok: false, error: { code: "too-large" } });
    expect(events).toEqual([]);
  });

  it("[CT5] says now and then that typing goes on, and once that it ended", () => {
    const { clock, chat, channel } = make();
    const told = (): unknown[] => channel.sent.map((body) => body.value);
    chat.setTyping(false);
    for (let second = 0; second < 5; second++) {
      chat.setTyping(true);
      clock.advance(1000);
    }
    chat.setTyping(false);
    chat.setTyping(false);
    const [on, off] = [{ typing: true }, { typing: false }];
    expect(told()).toEqual([on, on, on, off]);
  });

  it("[CT5] takes a message for the end of typing", async () => {
    const { chat, channel } = make();
    chat.setTyping(true);
    const said = chat.say("hi");
    channel.answer("chatMessage", { case: "ok", value: {} });
    await said;
    chat.setTyping(false);
    expect(channel.sent).toHaveLength(1);
    chat.setTyping(true);
    expect(channel.sent).toHaveLength(2);
  });
});
