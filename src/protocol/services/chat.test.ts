import { describe, expect, it } from "vitest";
import { FakeChannels } from "#test/helpers/fakeChannels.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { ChatService, type ChatEvent } from "./chat.ts";

function make() {
  const clock = new FakeClock(1000);
  const channels = new FakeChannels();
  const events: ChatEvent[] = [];
  const chat = new ChatService({ clock, open: channels.open, emit: (event) => events.push(event) });
  const channel = channels.of("chat");
  channel.attach();
  return { clock, chat, channel, events };
}

describe("chat", () => {
  it("[CH4] meets the others in the well-known channel", () => {
    expect(make().channel.name).toBe("chatter");
  });

  it("tells who is typing, and leaves what is said to the log", () => {
    const { channel, events } = make();
    const scrollback = [{ username: "Ada", text: "first" }];
    channel.receive({ case: "chatScrollback", value: { scrollback } });
    channel.receive({ case: "chatMessage", value: { username: "Bob", text: "second" } });
    channel.receive({ case: "chatTyping", value: { username: "Bob", typing: true } });
    expect(events).toEqual([{ kind: "entered" }, { kind: "typing", author: "Bob", typing: true }]);
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
});
