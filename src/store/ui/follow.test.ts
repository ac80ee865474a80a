import { describe, expect, it } from "vitest";
import type { PresenceEvent } from "#protocol/services/presence.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { arrival, createTestIde } from "#test/helpers/renderIde.tsx";
import { activePane } from "./layout.ts";
import { CHAT_PANE, CONSOLE_PANE } from "./panes.ts";

const LIN = 3;

/** A page in which Ada is, and Lin, of whom the test says what she does. */
function together() {
  const { client, ide } = createTestIde({ "a.js": "a", "b.js": "b" }, { clock: new FakeClock() });
  const lin = (...events: readonly PresenceEvent[]) =>
    client.emit(...events.map((event) => ({ slice: "presence" as const, event })));
  const linSees = (pane: string) => lin({ kind: "view", session: LIN, view: { pane } });
  client.emit(...arrival);
  lin({ kind: "joined", person: { session: LIN, userId: 5, name: "Lin", role: "editor" } });
  const { actions } = ide;
  return {
    actions,
    lin,
    linSees,
    said: () => client.calls.filter((call) => /^(setView|call)/.test(call)),
    following: () => ide.store.getState().presence.following,
    front: () => activePane(ide.store.getState().layout),
    notices: () => ide.store.getState().notifications,
  };
}

describe("following", () => {
  it("goes from file to file, and to tools", () => {
    const { actions, linSees, front, following } = together();
    linSees("file:a.js");
    actions.presence.follow(LIN);
    expect(front()).toBe("file:a.js");
    linSees("file:b.js");
    expect(front()).toBe("file:b.js");
    linSees("shell:sheller");
    expect(front()).toBe("shell:sheller");
    linSees(CONSOLE_PANE);
    expect(following()).toMatchObject({ pane: CONSOLE_PANE, paused: false });
  });

  it("knows of files also from those who tell nothing else", () => {
    const { actions, lin, front } = together();
    lin({ kind: "opened-file", session: LIN, path: "b.js" });
    actions.presence.follow(LIN);
    expect(front()).toBe("file:b.js");
  });

  it("takes one group of panes, and leaves me where I work", () => {
    const { actions, linSees, front, following } = together();
    linSees("file:a.js");
    actions.presence.follow(LIN);
    actions.layout.splitPane("file:a.js", "right");
    expect(front()).toBe("file#2:a.js");
    linSees("file:b.js");
    expect(front()).toBe("file#2:a.js");
    expect(following()).toMatchObject({ pane: "file:b.js", paused: false });
  });

  it("stays behind when I turn to something else there, and goes on when I say so", () => {
    const { actions, linSees, front, following } = together();
    linSees("file:a.js");
    actions.presence.follow(LIN);
    actions.layout.openFile("b.js");
    expect(following()?.paused).toBe(true);
    linSees(CONSOLE_PANE);
    expect(front()).toBe("file:b.js");
    actions.presence.resumeFollowing();
    expect(front()).toBe(CONSOLE_PANE);
  });

  it("pauses by what I do in its pane, and in no other", () => {
    const { actions, linSees, following } = together();
    linSees("file:a.js");
    actions.presence.follow(LIN);
    actions.presence.pauseFollowing("file:b.js");
    expect(following()?.paused).toBe(false);
    actions.presence.pauseFollowing("file:a.js");
    expect(following()?.paused).toBe(true);
  });
});

describe("being followed", () => {
  it("tells what I have in front, but not what is private", () => {
    const { actions, said } = together();
    actions.layout.show(CONSOLE_PANE);
    actions.layout.show("shell:private-x");
    actions.layout.show(CHAT_PANE);
    actions.layout.openFile("a.js");
    expect(said().map((call) => call.slice("setView(".length, -1))).toEqual([
      "undefined",
      '{"pane":"console"}',
      "undefined",
      "undefined",
      '{"pane":"file:a.js"}',
    ]);
  });

  it("tells what I scroll to, to whom it is of use, and says who that is", () => {
    const { actions, lin, said, notices } = together();
    actions.layout.openFile("a.js");
    actions.presence.scrolled("file:a.js", 7);
    expect(said().at(-1)).toBe('setView({"pane":"file:a.js"})');
    lin({ kind: "follows", session: LIN, following: true });
    expect(said().at(-1)).toBe('setView({"pane":"file:a.js","line":7})');
    expect(notices().announcement).toBe("Lin follows you");
    actions.presence.scrolled("file:a.js", 9);
    expect(said().at(-1)).toBe('setView({"pane":"file:a.js","line":9})');
  });
});

describe("being called", () => {
  it("is a question, and going there is up to me", () => {
    const { actions, lin, front, notices } = together();
    actions.layout.openFile("a.js");
    lin({ kind: "called", session: LIN, view: { pane: "file:b.js", line: 12 } });
    const [notice] = notices().list;
    expect(notice?.text).toBe("Lin asks everyone to come to b.js:12");
    expect(front()).toBe("file:a.js");
    actions.notifications.act(notice?.id ?? 0);
    expect(front()).toBe("file:b.js");
  });

  it("goes out with the place where I am", () => {
    const { actions, said, notices } = together();
    actions.layout.show(CONSOLE_PANE);
    actions.callTogether();
    expect(said().at(-1)).toBe('call({"pane":"console"})');
    expect(notices().list[0]?.text).toBe("Asked Lin to come here.");
  });
});
