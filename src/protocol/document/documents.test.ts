import { describe, expect, it } from "vitest";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import { parseReplPath } from "#container/paths.ts";
import { bringClient, type WorldClient } from "#test/helpers/clientWorld.ts";
import { Editor } from "#test/helpers/editor.ts";
import { MemoryBrowser } from "#test/helpers/memoryJournal.ts";
import { World } from "#test/helpers/world.ts";

describe("what was typed without a connection", () => {
  /**
   * A page in Ada's browser that has lost its connection, and "one" of a file on the screen; `run`
   * decides when the journal does what it is asked.
   */
  async function offline(
    world: World,
    browser: MemoryBrowser,
    run?: (operation: () => void) => void,
  ) {
    await world.write("a.txt", "one");
    const journal = browser.openPage(run);
    const page = await world.bring({ userId: 1 }, journal);
    const editor = await world.open(page, "a.txt");
    await world.pass(3_000);
    page.down = true;
    page.cut();
    await world.pass();
    return { page, journal, editor };
  }

  it("[CL31] is on the screen of the next page, and merged when there is a connection", async () => {
    const world = new World();
    const browser = new MemoryBrowser();
    const { page, journal, editor } = await offline(world, browser);
    editor.append(" two");
    editor.type(0, "> ");
    await world.pass();
    journal.crash();
    const bob = await world.open(await world.bring({ userId: 2 }), "a.txt");
    bob.append("!");
    await world.pass();

    const next = bringClient(() => world.room, { userId: 1 }, browser.openPage());
    next.down = true;
    const again = await world.open(next, "a.txt");
    expect(again.text).toBe("> one two");
    expect(again.document.state).toEqual({ kind: "offline", unsent: 2 });
    again.append("?");
    next.down = false;
    next.client.connection.retryNow();
    await world.pass(3_000);
    expect([again.text, bob.text]).toEqual(["> one! two?", "> one! two?"]);
    expect(again.document.state).toEqual({ kind: "live", unsent: 0 });
    expect(page.dials).toBeGreaterThan(0);
  });

  it("[CL31] is sent by the next page also when nobody opens the file there", async () => {
    const world = new World();
    const browser = new MemoryBrowser();
    const { editor, journal } = await offline(world, browser);
    editor.append(" two");
    await world.pass();
    journal.crash();
    const bob = await world.open(await world.bring({ userId: 2 }), "a.txt");
    await world.bring({ userId: 1 }, browser.openPage());
    await world.pass(3_000);
    expect(bob.text).toBe("one two");
    expect([...browser.drafts.values()]).toEqual([]);
  });

  it("[CL31] is delivered once, though its page had sent it before it was gone", async () => {
    const world = new World();
    const browser = new MemoryBrowser();
    await world.write("a.txt", "one");
    const journal = browser.openPage();
    const page = await world.bring({ userId: 1 }, journal);
    const editor = await world.open(page, "a.txt");
    // The answers are lost, and so is what was typed last before it could be kept.
    page.link[1].stall(true);
    editor.append("2");
    await world.pass();
    editor.append("3");
    await world.pass();
    journal.crash();
    page.cut();
    const again = await world.open(await world.bring({ userId: 1 }, browser.openPage()), "a.txt");
    await world.pass(3_000);
    expect(again.text).toBe("one23");
    expect(again.document.state).toEqual({ kind: "live", unsent: 0 });
  });

  it("[CL32] stays with its page while that lives, whatever other pages do", async () => {
    const world = new World();
    const browser = new MemoryBrowser();
    const { page, editor } = await offline(world, browser);
    editor.append(" two");
    await world.pass();
    const other = await world.open(await world.bring({ userId: 1 }, browser.openPage()), "a.txt");
    await world.pass(40_000);
    expect(other.text).toBe("one");
    other.append("!");
    page.down = false;
    page.client.connection.retryNow();
    await world.pass(3_000);
    expect([editor.text, other.text]).toEqual(["one! two", "one! two"]);
  });

  it("[CL32] is taken over by a page that is open when its own is gone", async () => {
    const world = new World();
    const browser = new MemoryBrowser();
    const { editor, journal } = await offline(world, browser);
    const other = await world.open(await world.bring({ userId: 1 }, browser.openPage()), "a.txt");
    editor.append(" two");
    await world.pass();
    journal.crash();
    await world.pass(40_000);
    expect(other.text).toBe("one two");
  });

  it("[CL32] is taken over at once where the browser tells that its page is gone", async () => {
    const world = new World();
    const browser = new MemoryBrowser();
    const { editor, journal } = await offline(world, browser);
    const other = await world.open(await world.bring({ userId: 1 }, browser.openPage()), "a.txt");
    editor.append(" two");
    await world.pass();
    journal.crash();
    browser.tellLeft();
    await world.pass(1_000);
    expect(other.text).toBe("one two");
  });

  it("[CL37] is sent once, with all that is typed on by a page that was wrongly taken for gone", async () => {
    const world = new World();
    const browser = new MemoryBrowser();
    const { page, editor, journal } = await offline(world, browser);
    for (const letter of " two") editor.append(letter);
    editor.type(0, "!");
    await world.pass();
    journal.isSilent = true;
    const other = await world.open(await world.bring({ userId: 1 }, browser.openPage()), "a.txt");
    await world.pass(1_000);
    expect(other.text).toBe("!one two");
    other.append("?");
    // One more is added to the words that the other page has, and one of them is taken back.
    editor.append(" three");
    editor.type(0, "", 1);
    page.down = false;
    page.client.connection.retryNow();
    await world.pass(3_000);
    expect([editor.text, other.text]).toEqual(["one two? three", "one two? three"]);
    expect(editor.document.state).toEqual({ kind: "live", unsent: 0 });
  });

  it("[CL37] is kept apart by a page that was wrongly taken for gone, until it is gone", async () => {
    const world = new World();
    const browser = new MemoryBrowser();
    const { page, editor, journal } = await offline(world, browser);
    for (const letter of " two") editor.append(letter);
    await world.pass();
    journal.isSilent = true;
    // It takes over what it finds, and cannot send it either.
    const second = browser.openPage();
    const other = bringClient(() => world.room, { userId: 1 }, second);
    other.down = true;
    const again = await world.open(other, "a.txt");
    expect(again.text).toBe("one two");
    for (const letter of "!!") again.append(letter);
    for (const letter of " three") editor.append(letter);
    await world.pass();
    expect(editor.document.state).toEqual({ kind: "offline", unsent: 10 });
    for (const gone of [journal, second]) gone.crash();
    page.cut();
    const last = await world.open(await world.bring({ userId: 1 }, browser.openPage()), "a.txt");
    await world.pass(3_000);
    expect(last.text.replace("!!", "")).toBe("one two three");
    expect(last.text).toContain("!!");
    expect([...browser.drafts.values()].filter(({ pending }) => pending.length > 0)).toEqual([]);
  });

  it("[CL37] is sent once also when a page hears of that only from the container", async () => {
    const world = new World();
    const browser = new MemoryBrowser();
    const waiting: (() => void)[] = [];
    let isSlow = false;
    const run = (operation: () => void): void => {
      if (isSlow) waiting.push(operation);
      else operation();
    };
    const { page, journal, editor } = await offline(world, browser, run);
    for (const letter of " two") editor.append(letter);
    await world.pass();
    journal.isSilent = true;
    isSlow = true;
    editor.append("!");
    const other = await world.open(await world.bring({ userId: 1 }, browser.openPage()), "a.txt");
    await world.pass(1_000);
    expect(other.text).toBe("one two");
    page.down = false;
    page.client.connection.retryNow();
    await world.pass(500);
    isSlow = false;
    for (const operation of waiting) operation();
    await world.pass(3_000);
    expect([editor.text, other.text]).toEqual(["one two!", "one two!"]);
    expect([...browser.drafts.values()].filter(({ pending }) => pending.length > 0)).toEqual([]);
  });

  it("[CL37] is sent as the journal has it, so that nobody sends anything else instead", async () => {
    const world = new World();
    const browser = new MemoryBrowser();
    const waiting: (() => void)[] = [];
    let isSlow = false;
    const run = (operation: () => void): void => {
      if (isSlow) waiting.push(operation);
      else operation();
    };
    const { page, editor } = await offline(world, browser, run);
    for (const letter of " two") editor.append(letter);
    await world.pass();
    isSlow = true;
    editor.append("!");
    const bob = await world.open(await world.bring({ userId: 2 }), "a.txt");
    page.down = false;
    page.client.connection.retryNow();
    await world.pass(900);
    expect(bob.text).toBe("one ");
    isSlow = false;
    for (const operation of waiting) operation();
    await world.pass();
    expect(bob.text).toBe("one two!");
  });

  it("[CL39] is told, and not sent or taken, where one may only look", async () => {
    const world = new World();
    const browser = new MemoryBrowser();
    const { editor, journal } = await offline(world, browser);
    for (const letter of " two") editor.append(letter);
    await world.pass();
    const looking = browser.openPage();
    looking.mayEdit = false;
    const viewer = await world.bring({ userId: 1, role: "viewer" }, looking);
    expect(await world.during(viewer.client.ot.keptEdits())).toEqual([]);
    journal.crash();
    const kept = [{ path: "a.txt", edits: 4, text: "one two" }];
    expect(await world.during(viewer.client.ot.keptEdits())).toEqual(kept);
    expect((await world.open(viewer, "a.txt")).text).toBe("one");
    await world.bring({ userId: 1 }, browser.openPage());
    await world.pass(3_000);
    expect(await world.read("a.txt")).toBe("one two");
    expect(await world.during(viewer.client.ot.keptEdits())).toEqual([]);
  });

  it("[CL31] does not keep a text from being opened when the journal does not answer", async () => {
    const world = new World();
    await world.write("a.txt", "one");
    const never = new MemoryBrowser().openPage(() => {});
    const page = await world.bring({ userId: 1 }, never);
    const opened = await world.during(page.client.ot.openDocument("a.txt"), 3_000);
    expect(opened.ok && opened.value.text()).toBe("one");
  });
});

describe("a browser that keeps nothing", () => {
  const problems = ({ events }: WorldClient) =>
    events.flatMap((each) =>
      each.slice === "ot" && each.event.kind === "journal" ? [each.event.problem] : [],
    );

  it("[CL34] lets one type all the same, says so once, and is tried again", async () => {
    const world = new World();
    await world.write("a.txt", "one");
    const browser = new MemoryBrowser();
    const journal = browser.openPage();
    const page = await world.bring({ userId: 1 }, journal);
    const editor = await world.open(page, "a.txt");
    page.down = true;
    page.cut();
    await world.pass();
    expect(page.client.ot.areEditsKept()).toBe(true);
    journal.refuses = "the quota is exceeded";
    for (const letter of " two") {
      editor.append(letter);
      await world.pass();
    }
    expect(problems(page)).toEqual(["the quota is exceeded"]);
    expect(page.client.ot.areEditsKept()).toBe(false);
    expect(journal.refused).toBe(1);
    expect(editor.document.state).toEqual({ kind: "offline", unsent: 4 });

    journal.refuses = undefined;
    await world.pass(6_000);
    expect(problems(page)).toEqual(["the quota is exceeded", undefined]);
    expect(page.client.ot.areEditsKept()).toBe(true);
    journal.crash();
    const next = bringClient(() => world.room, { userId: 1 }, browser.openPage());
    next.down = true;
    expect((await world.open(next, "a.txt")).text).toBe("one two");
  });

  it("[CL34] is asked before the page is left only for what neither it nor the container has", async () => {
    const world = new World();
    await world.write("a.txt", "one");
    const page = await world.bring({ userId: 1 }, new MemoryBrowser().openPage());
    const editor = await world.open(page, "a.txt");
    const { ot } = page.client;
    page.link[1].stall(true);
    editor.append("!");
    expect(ot.areEditsKept()).toBe(false);
    await world.pass();
    expect(ot.areEditsKept()).toBe(true);
    editor.append("?");
    expect(ot.areEditsKept()).toBe(false);
    await world.pass();
    expect(ot.areEditsKept()).toBe(true);
  });

  it("[CL34] says so when it does not answer, and delivers what was typed", async () => {
    const world = new World();
    await world.write("a.txt", "one");
    const stuck: (() => void)[] = [];
    const journal = new MemoryBrowser().openPage((operation) => stuck.push(operation));
    const page = await world.bring({ userId: 1 }, journal);
    const opened = await world.during(page.client.ot.openDocument("a.txt"), 3_000);
    if (!opened.ok) throw opened.error;
    const editor = new Editor(opened.value);
    page.down = true;
    page.cut();
    await world.pass();
    editor.append(" two");
    await world.pass(6_000);
    expect(problems(page)).toEqual(["it does not answer"]);
    expect(page.client.ot.areEditsKept()).toBe(false);
    for (const operation of stuck.splice(0)) operation();
    await world.pass();
    expect(problems(page)).toEqual(["it does not answer", undefined]);
    page.down = false;
    page.client.connection.retryNow();
    await world.pass(3_000);
    expect(await world.during(world.read("a.txt"), 5_000)).toBe("one two");
    expect(page.client.ot.areEditsKept()).toBe(true);
  });
});

describe("edits whose file is gone", () => {
  /** Ada's browser has kept an edit of a file that has been deleted since; she opens a new page. */
  async function stranded(to?: string) {
    const world = new World();
    const browser = new MemoryBrowser();
    await world.write("src/a.txt", "one");
    const journal = browser.openPage();
    const page = await world.bring({ userId: 1 }, journal);
    const editor = await world.open(page, "src/a.txt");
    await world.pass(3_000);
    page.down = true;
    page.cut();
    await world.pass();
    editor.append(" two");
    await world.pass();
    journal.crash();
    const bob = await world.bring({ userId: 2 });
    const other = await world.open(bob, "src/a.txt");
    other.type(0, "> ");
    await world.pass(3_000);
    other.document.close();
    await world.pass(70_000);
    await world.during(
      to === undefined
        ? bob.client.files.remove("src/a.txt")
        : bob.client.files.move("src/a.txt", to),
    );
    const next = await world.bring({ userId: 1 }, browser.openPage());
    await world.pass(1_000);
    return { world, browser, bob, next };
  }
  const lastState = ({ events }: WorldClient) =>
    events.flatMap((each) => (each.slice === "ot" ? [each.event] : [])).at(-1);

  it("[CL35] are told of and kept, for as long as there is none", async () => {
    const { world, browser, next } = await stranded();
    const state = { kind: "deleted", unsent: 1 };
    expect(lastState(next)).toEqual({ kind: "document", path: "src/a.txt", state });
    expect(next.client.ot.unsavedTexts("src/a.txt")).toEqual(["one two"]);
    next.cut();
    await world.pass(70_000);
    expect(lastState(next)).toEqual({ kind: "document", path: "src/a.txt", state });
    expect(browser.drafts.size).toBe(1);
  });

  it("[CL35] go into the file when it is written anew, also with what others have done", async () => {
    const { world, browser, bob, next } = await stranded();
    const text = encodeUtf8("> one");
    expect(await world.during(next.client.files.write("src/a.txt", text))).toEqual({
      ok: true,
      value: undefined,
    });
    await world.pass(5_000);
    expect(await world.read("src/a.txt")).toBe("> one two");
    expect((await world.open(bob, "src/a.txt")).text).toBe("> one two");
    expect(lastState(next)).toEqual({ kind: "closed", path: "src/a.txt" });
    expect(browser.drafts.size).toBe(0);
  });

  it("[CL35] go into it when somebody opens it after it has come back unseen", async () => {
    const { world, bob, next } = await stranded();
    await world.during(bob.client.files.write("src/a.txt", encodeUtf8("> one")));
    const editor = await world.open(next, "src/a.txt");
    await world.pass(3_000);
    expect(editor.text).toBe("> one two");
    expect(editor.document.state).toEqual({ kind: "live", unsent: 0 });
  });

  it("[CL38] go to where the file is by now, with what others have done there", async () => {
    const { world, browser, bob, next } = await stranded("lib/b.txt");
    const other = await world.open(bob, "lib/b.txt");
    other.append("!");
    await world.pass(3_000);
    expect(lastState(next)).toMatchObject({ path: "src/a.txt", state: { kind: "deleted" } });
    expect(await world.during(next.client.ot.followEdits("src/a.txt", "lib/b.txt"))).toBe(true);
    await world.pass(3_000);
    expect(other.text).toBe("> one! two");
    expect(next.client.ot.unsavedTexts("src/a.txt")).toEqual([]);
    expect(browser.drafts.size).toBe(0);
  });

  it("[CL38] go nowhere else, not even where the same words are", async () => {
    const { world, browser, bob, next } = await stranded("lib/b.txt");
    await world.during(bob.client.files.write("like.txt", encodeUtf8("one")));
    await world.open(bob, "like.txt");
    await world.pass(3_000);
    for (const to of ["like.txt", "nowhere.txt"]) {
      expect(await world.during(next.client.ot.followEdits("src/a.txt", to))).toBe(false);
    }
    expect(next.client.ot.unsavedTexts("src/a.txt")).toEqual(["one two"]);
    expect([...browser.drafts.values()].map(({ path }) => path)).toEqual(["src/a.txt"]);
  });

  it("[CL35] are forgotten only when their author says so", async () => {
    const { world, browser, bob, next } = await stranded();
    next.client.ot.discardEdits("src/a.txt");
    await world.pass();
    expect(lastState(next)).toEqual({ kind: "closed", path: "src/a.txt" });
    expect(browser.drafts.size).toBe(0);
    await world.during(bob.client.files.write("src/a.txt", encodeUtf8("anew")));
    expect((await world.open(next, "src/a.txt")).text).toBe("anew");
  });

  it("[CL35] are counted also where several pages have left some", async () => {
    const world = new World();
    const browser = new MemoryBrowser();
    await world.write("a.txt", "one");
    const journals = [browser.openPage(), browser.openPage()];
    const pages = [
      await world.bring({ userId: 1 }, journals[0]),
      await world.bring({ userId: 1 }, journals[1]),
    ];
    for (const [index, page] of pages.entries()) {
      const editor = await world.open(page, "a.txt");
      await world.pass(3_000);
      page.down = true;
      page.cut();
      await world.pass();
      editor.append(` ${index}`);
    }
    await world.pass();
    for (const journal of journals) journal.crash();
    await world.pass(70_000);
    await world.room.platform.files.remove(parseReplPath("a.txt"));
    const next = await world.bring({ userId: 1 }, browser.openPage());
    await world.pass(1_000);
    expect(lastState(next)).toMatchObject({ state: { kind: "deleted", unsent: 2 } });
    expect(next.client.ot.unsavedTexts("a.txt")).toEqual(["one 0", "one 1"]);
  });
});
