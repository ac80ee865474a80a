import { describe, expect, it } from "vitest";
import { FakeChannels } from "#test/helpers/fakeChannels.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { PresenceService, type PresenceEvent } from "./presence.ts";

function make() {
  const clock = new FakeClock();
  const channels = new FakeChannels();
  const events: PresenceEvent[] = [];
  const presence = new PresenceService({
    clock,
    open: channels.open,
    emit: (event) => events.push(event),
  });
  const channel = channels.of("presence");
  channel.attach();
  return { clock, presence, channel, events };
}

const ada = { id: 1, name: "Ada", roles: ["owner"], session: 2 };
const bob = { id: 5, name: "Bob", roles: ["viewer"], session: 3 };

describe("presence", () => {
  it("tells who is here, each session once, with the files they look at", () => {
    const { channel, events } = make();
    const files = [{ userId: 5, file: "src/a.ts", session: 3 }];
    channel.receive({ case: "roster", value: { user: [ada, bob, bob], files } });
    expect(events).toEqual([
      {
        kind: "roster",
        people: [
          { session: 2, userId: 1, name: "Ada", role: "owner" },
          { session: 3, userId: 5, name: "Bob", role: "viewer" },
        ],
        files: { 3: "src/a.ts" },
      },
    ]);
  });

  it("tells what the others do", () => {
    const { channel, events } = make();
    channel.receive({ case: "join", value: { ...bob, roles: [] } });
    channel.receive({ case: "fileOpened", value: { session: 3, file: "a" } });
    channel.receive({ case: "followUser", value: { session: 3 } });
    channel.receive({ case: "unfollowUser", value: { session: 3 } });
    const timestamp = { seconds: 12n, nanos: 500_000_000 };
    channel.receive({ case: "sessionTimestampUpdated", value: { session: 3, timestamp } });
    channel.receive({ case: "part", value: bob });
    expect(events).toEqual([
      { kind: "joined", person: { session: 3, userId: 5, name: "Bob", role: "editor" } },
      { kind: "opened-file", session: 3, path: "a" },
      { kind: "follows", session: 3, following: true },
      { kind: "follows", session: 3, following: false },
      { kind: "active", session: 3, atMs: 12_500 },
      { kind: "left", session: 3 },
    ]);
  });

  it("tells a new connection what the one before was told", () => {
    const { presence, channel } = make();
    presence.openFile("a");
    presence.openFile("b");
    presence.follow(3);
    channel.detach();
    channel.sent.length = 0;
    channel.attach();
    expect(channel.sent).toEqual([
      { case: "openFile", value: { file: "b" } },
      { case: "followUser", value: { session: 3 } },
    ]);
  });

  it("follows nobody any more who has gone", () => {
    const { presence, channel } = make();
    presence.follow(3);
    channel.receive({ case: "part", value: bob });
    channel.detach();
    channel.sent.length = 0;
    channel.attach();
    expect(channel.sent).toEqual([]);
  });

  it("says that somebody is here every ten seconds at most", () => {
    const { clock, presence, channel } = make();
    for (let second = 0; second < 25; second++) {
      presence.touch();
      clock.advance(1000);
    }
    expect(channel.sent).toHaveLength(3);
  });

  it("[PR8] tells where the others are, as far as it makes sense", () => {
    const { channel, events } = make();
    const say = (what: unknown) => channel.receive({ case: "output", value: JSON.stringify(what) });
    say({ session: 3, view: { pane: "file:a", line: 4.5 } });
    say({ session: 3, view: null });
    say({ session: 3, call: { pane: "console", line: -1 } });
    say({ colors: { 5: 2, 6: "red" } });
    say({ view: { pane: "nobody's" } });
    say("nonsense");
    channel.receive({ case: "output", value: "{" });
    expect(events).toEqual([
      { kind: "view", session: 3, view: { pane: "file:a", line: 4 } },
      { kind: "view", session: 3, view: undefined },
      { kind: "called", session: 3, view: { pane: "console" } },
      { kind: "colors", colors: { 5: 2 } },
    ]);
  });

  it("[PR8] tells where we are, without every step of the way, and again when the connection is back", () => {
    const { clock, presence, channel } = make();
    const said = () => channel.sent.splice(0).map(({ value }) => JSON.parse(value as string));
    for (let line = 1; line <= 10; line++) presence.setView({ pane: "file:a", line });
    expect(said()).toEqual([{ view: { pane: "file:a", line: 1 } }]);
    clock.advance(60);
    expect(said()).toEqual([{ view: { pane: "file:a", line: 10 } }]);
    channel.detach();
    channel.attach();
    expect(said()).toEqual([{ view: { pane: "file:a", line: 10 } }]);
  });
});
