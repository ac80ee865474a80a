import { describe, expect, it } from "vitest";
import type { PresenceEvent } from "#protocol/services/presence.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { arrival, createTestIde } from "#test/helpers/renderIde.tsx";
import { runCommand, stopFollowing } from "./commands.ts";
import { groupsOf } from "./dock.ts";
import { activePane } from "./layout.ts";
import { followedLine, placeOf } from "./follow.ts";
import { CHAT_PANE, CONSOLE_PANE, PREVIEW_PANE } from "./panes.ts";
import { askedAddress } from "./preview.ts";

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
    following: () => ide.store.getState().presence.following[0],
    all: () => ide.store.getState().presence.following,
    ide,
    client,
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

  it("goes to what a preview shows, and tells what it shows here", () => {
    const { actions, lin, said, ide } = together();
    const asked = () => askedAddress(ide.store.getState().preview);
    lin({ kind: "view", session: LIN, view: { pane: PREVIEW_PANE, address: ":3000/a" } });
    actions.presence.follow(LIN);
    expect(asked()).toBe(":3000/a");
    lin({ kind: "view", session: LIN, view: { pane: PREVIEW_PANE, address: ":3000/b" } });
    expect(asked()).toBe(":3000/b");
    lin({ kind: "follows", session: LIN, following: true });
    expect(said().at(-1)).toBe('setView({"pane":"preview","address":":3000/b"})');
    actions.presence.pauseFollowing(PREVIEW_PANE);
    lin({ kind: "view", session: LIN, view: { pane: PREVIEW_PANE, address: ":3000/c" } });
    expect(asked()).toBe(":3000/b");
    void actions.preview.navigate("/mine");
    expect(said().at(-1)).toBe('setView({"pane":"preview","address":":3000/mine"})');
  });

  it("knows how far a terminal is scrolled back", () => {
    const { actions, lin, ide } = together();
    const line = () => followedLine(ide.store.getState().presence, "shell:sheller");
    lin({ kind: "view", session: LIN, view: { pane: "shell:sheller", line: 41 } });
    expect(line()).toBeUndefined();
    actions.presence.follow(LIN);
    expect(line()).toBe(41);
    actions.presence.pauseFollowing("shell:sheller");
    expect(line()).toBeUndefined();
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
    actions.presence.resumeFollowing(LIN);
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

describe("where somebody is", () => {
  it("is the file that they have open, while they see what is nobody else's business", () => {
    const files = { [LIN]: "a.js" };
    const at = (pane: string) => placeOf({ views: { [LIN]: { pane } }, files }, LIN)?.pane;
    expect([CONSOLE_PANE, CHAT_PANE, "nonsense"].map(at)).toEqual([
      CONSOLE_PANE,
      "file:a.js",
      "file:a.js",
    ]);
    expect(placeOf({ views: { [LIN]: { pane: CHAT_PANE } }, files: {} }, LIN)).toBeUndefined();
  });
});

describe("following several people", () => {
  const GRACE = 4;

  /** Ada follows Lin on the left and Grace on the right, who look at two files. */
  function split() {
    const world = together();
    const { actions, lin, linSees } = world;
    const graceSees = (pane: string) => lin({ kind: "view", session: GRACE, view: { pane } });
    lin({ kind: "joined", person: { session: GRACE, userId: 6, name: "Grace", role: "editor" } });
    linSees("file:a.js");
    graceSees("file:b.js");
    actions.presence.follow(LIN);
    actions.layout.splitPane("file:a.js", "right");
    actions.presence.follow(GRACE);
    const paused = () => world.all().map((each) => each.paused);
    return { ...world, graceSees, paused };
  }

  it("goes along with each in a group of its own", () => {
    const { all, linSees, graceSees, paused, ide } = split();
    const fronts = () =>
      groupsOf(ide.store.getState().layout.dock).map(({ active }) => active?.split(":")[1]);
    expect(all().map(({ session }) => session)).toEqual([LIN, GRACE]);
    expect(fronts().slice(0, 2)).toEqual(["a.js", "b.js"]);
    linSees("file:b.js");
    graceSees("file:a.js");
    expect(fronts().slice(0, 2)).toEqual(["b.js", "a.js"]);
    expect(paused()).toEqual([false, false]);
  });

  it("pauses only the one in whose pane I do something, and resumes that", () => {
    const { actions, all, paused, ide } = split();
    actions.presence.pauseFollowing(all()[1]?.pane ?? "");
    expect(paused()).toEqual([false, true]);
    runCommand(ide, "people.resume");
    expect(paused()).toEqual([false, false]);
  });

  it("takes nobody for left whom another covers at the same tool", () => {
    const { linSees, graceSees, paused, front } = split();
    linSees("shell:sheller");
    graceSees(CONSOLE_PANE);
    expect(paused()).toEqual([false, false]);
    linSees("file:a.js");
    graceSees("file:b.js");
    expect(paused()).toEqual([false, false]);
    expect(front()).toBe("file:b.js");
  });

  it("stops by Escape where I am, then elsewhere", () => {
    const { client, ide, all } = split();
    stopFollowing(ide);
    expect(all().map(({ session }) => session)).toEqual([LIN]);
    stopFollowing(ide);
    expect(all()).toEqual([]);
    expect(client.calls).toContain("unfollow(3)");
    expect(client.calls).toContain("unfollow(4)");
  });

  it("follows one in a group, and each in one", () => {
    const { actions, all, client } = split();
    actions.presence.follow(LIN);
    expect(all().map(({ session }) => session)).toEqual([LIN]);
    expect(client.calls).toContain("unfollow(4)");
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
