import { describe, expect, it } from "vitest";
import { groupsOf, HOME_GROUP, panesOf } from "./dock.ts";
import {
  activeFile,
  activePane,
  closePanes,
  createLayoutActions,
  drawnDock,
  followMoves,
  initialLayout,
  isPaneVisible,
  phonePane,
  recallLayout,
  rememberLayout,
  roomFor,
  showFile,
  showPane,
  type LayoutState,
} from "./layout.ts";
import { createMemory } from "./memory.ts";
import {
  CONSOLE_PANE,
  DELETED_PANE,
  filePane,
  historyPane,
  parsePane,
  PREVIEW_PANE,
  shellPane,
} from "./panes.ts";

function actionsOver(initial: LayoutState) {
  let state = initial;
  const actions = createLayoutActions({
    get: () => state,
    update: (change) => (state = change(state)),
  });
  return { actions, state: () => state };
}

describe("panes", () => {
  it.each([
    [filePane("src/a b:c#1.ts"), { kind: "file", path: "src/a b:c#1.ts", view: 1 }],
    [filePane("x", 3), { kind: "file", path: "x", view: 3 }],
    [shellPane("sheller"), { kind: "shell", name: "sheller" }],
    [historyPane("src/a"), { kind: "history", path: "src/a" }],
    [CONSOLE_PANE, { kind: "console" }],
    [DELETED_PANE, { kind: "deleted" }],
  ])("reads back the name %s", (id, pane) => expect(parsePane(id)).toEqual(pane));

  it("knows nothing of a pane of another time", () => {
    expect(parsePane("debugger")).toBeUndefined();
  });
});

describe("opening", () => {
  it("puts files into the home group and tools beside them", () => {
    const state = showFile(initialLayout, "main.py");
    expect(activePane(state)).toBe(filePane("main.py"));
    expect(state.activeGroup).toBe(HOME_GROUP);
    const shell = showPane(state, shellPane("sheller-2"));
    expect(shell.activeGroup).toBe("tools");
    expect(activeFile(shell)).toBe("main.py");
  });

  it("opens the next file where the last one is", () => {
    const { actions, state } = actionsOver(showFile(initialLayout, "a"));
    actions.splitPane(filePane("a"), "right");
    actions.openFile("b");
    const last = groupsOf(state().dock).find(({ id }) => id === state().activeGroup);
    expect(last?.panes).toEqual([filePane("a", 2), filePane("b")]);
  });

  it("makes a place for a tool when all tools were closed", () => {
    const opened = showFile(initialLayout, "a");
    const bare = closePanes(opened, panesOf(initialLayout.dock));
    const state = showPane(bare, CONSOLE_PANE);
    expect(groupsOf(state.dock).map(({ panes }) => panes)).toEqual([
      [filePane("a")],
      [CONSOLE_PANE],
    ]);
  });

  it("reopens what was closed last", () => {
    const { actions, state } = actionsOver(showFile(showFile(initialLayout, "a"), "b"));
    actions.close([filePane("a")]);
    actions.close([filePane("b")]);
    actions.reopenClosed();
    expect(activePane(state())).toBe(filePane("b"));
    actions.reopenClosed();
    expect(activePane(state())).toBe(filePane("a"));
  });
});

describe("moved files", () => {
  it("takes their tabs and the list of recent files along", () => {
    const state = showFile(initialLayout, "old/main.py");
    const moved = followMoves(state, (path) => path.replace("old/", "new/"));
    expect(activeFile(moved)).toBe("new/main.py");
    expect(moved.recent).toEqual(["new/main.py"]);
  });
});

describe("room", () => {
  it.each([
    [390, "phone"],
    [699, "phone"],
    [700, "narrow"],
    [1099, "narrow"],
    [1100, "wide"],
  ] as const)("%i px is %s", (width, room) => expect(roomFor(width)).toBe(room));

  it("draws the tools below the editor when there is no room beside it", () => {
    const drawn = drawnDock({ ...initialLayout, room: "narrow" });
    expect(drawn.kind === "split" && drawn.direction).toBe("column");
    expect(panesOf(drawn)).toEqual(panesOf(initialLayout.dock));
  });

  it("shows the past of a file beside it, and on a phone in its place", () => {
    const wide = showPane(showFile(initialLayout, "a"), historyPane("a"));
    expect(groupsOf(wide.dock).map(({ active }) => active)).toEqual([
      filePane("a"),
      historyPane("a"),
    ]);
    expect(activeFile(wide)).toBe("a");
    const phone = showPane({ ...showFile(initialLayout, "a"), room: "phone" }, historyPane("a"));
    expect([phone.phoneTab, phonePane(phone)]).toEqual(["code", historyPane("a")]);
    expect(phonePane({ ...phone, phoneTab: "run" })).toBe(CONSOLE_PANE);
    const back = showFile(phone, "a");
    expect(phonePane(back)).toBe(filePane("a"));
    const moved = followMoves(wide, () => "b");
    expect(panesOf(moved.dock)).toContain(historyPane("b"));
  });

  it("shows one pane at a time on a phone", () => {
    const { actions, state } = actionsOver(showFile(initialLayout, "a"));
    actions.setWidth(390);
    expect(phonePane(state())).toBe(filePane("a"));
    actions.showPhoneTab("run");
    expect(phonePane(state())).toBe(CONSOLE_PANE);
    actions.show(PREVIEW_PANE);
    expect(phonePane(state())).toBe(PREVIEW_PANE);
    expect(isPaneVisible(state(), filePane("a"))).toBe(false);
    actions.showPhoneTab("people");
    expect(phonePane(state())).toBeUndefined();
  });
});

describe("memory", () => {
  const storage = new Map<string, string>();
  const memory = () =>
    createMemory(
      () =>
        ({
          getItem: (key: string) => storage.get(key) ?? null,
          setItem: (key: string, value: string) => void storage.set(key, value),
        }) as Storage,
    );

  it("recalls the arrangement, without panes of another time", () => {
    const state = showFile(initialLayout, "a");
    rememberLayout(memory(), "k", showPane(state, "strange"));
    const recalled = recallLayout(memory(), "k");
    expect(panesOf(recalled.dock)).toEqual(panesOf(state.dock));
    expect(activeFile(recalled)).toBe("a");
  });

  it.each(["", "{", '"text"', '{"dock":{"kind":"group"}}'])("falls back from %j", (text) => {
    storage.set("bad", text);
    expect(recallLayout(memory(), "bad")).toBe(initialLayout);
  });

  it("works without storage", () => {
    const refused = createMemory(() => {
      throw new Error("SecurityError");
    });
    refused.write("k", 1);
    expect(refused.read("k")).toBe(1);
  });
});

describe("reveal", () => {
  it("shows a pane, and leaves the group active that is worked in", () => {
    const { actions, state } = actionsOver(showFile(initialLayout, "a"));
    actions.show(PREVIEW_PANE);
    actions.openFile("a");
    actions.reveal(CONSOLE_PANE);
    expect(activePane(state())).toBe(filePane("a"));
    expect(groupsOf(state().dock).map(({ active }) => active)).toEqual([
      filePane("a"),
      CONSOLE_PANE,
    ]);
  });
});

describe("reset", () => {
  it("keeps open files, each once, and terminals", () => {
    const { actions, state } = actionsOver(showFile(showFile(initialLayout, "a"), "b"));
    actions.show(shellPane("sheller-2"));
    actions.splitPane(filePane("a"), "bottom");
    actions.close([CONSOLE_PANE]);
    actions.reset();
    expect(groupsOf(state().dock).map(({ panes }) => panes)).toEqual([
      [filePane("a"), filePane("b")],
      [CONSOLE_PANE, shellPane("sheller"), PREVIEW_PANE, shellPane("sheller-2")],
    ]);
  });
});
