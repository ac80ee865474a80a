import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Mover } from "./mover.ts";
import { expect, test, type Room } from "./room.ts";
import { expectTerminal, goToEnd, openFile, shownText, terminalText } from "./page.ts";
import type { Page } from "@playwright/test";

/** The owner and others, each in a browser of their own, by the names that they give themselves. */
async function enterAs(
  enter: (link: string) => Promise<Page>,
  room: Room,
  names: readonly string[],
) {
  const invite = await room.inviteLink("editor");
  const pages: Page[] = [];
  for (const [index, name] of names.entries()) {
    const page = await enter(index === 0 ? room.link : invite);
    await page.evaluate((who) => localStorage.setItem("tandem.name", JSON.stringify(who)), name);
    await page.reload();
    await expect(people(page).first()).toBeVisible();
    pages.push(page);
  }
  for (const page of pages) await expect(people(page)).toHaveCount(names.length);
  return pages as [Page, Page, ...Page[]];
}

function people(page: Page) {
  return page.getByRole("group", { name: "People in this room" }).getByRole("button");
}

function notices(page: Page) {
  return page.getByRole("region", { name: "Notices" });
}

/** Runs a command by the palette. */
async function command(page: Page, title: string): Promise<void> {
  await page.keyboard.press("F1");
  await page.keyboard.type(title);
  await page.getByRole("option", { name: title }).first().waitFor();
  await page.keyboard.press("Enter");
}

const long = Array.from({ length: 400 }, (_, index) => `line ${index + 1}`).join("\n");

test("following goes along through files, scrolling and tools, both see it, and I decide", async ({
  room,
  join: enter,
}) => {
  writeFileSync(join(room.folder, "long.txt"), long);
  const [ada, lin] = await enterAs(enter, room, ["Ada", "Lin"]);
  await openFile(lin, "notes.md");
  await ada.getByRole("button", { name: /^Lin · click to follow/ }).click();
  await expect(ada.getByRole("tab", { name: "notes.md", selected: true })).toBeVisible();
  const chip = ada.locator(".follow-chip");
  await expect(chip).toHaveText("Following Lin – Esc to stop");
  await expect(lin.getByRole("button", { name: /Ada follows you/ })).toBeVisible();

  await openFile(lin, "long.txt");
  await expect(ada.getByRole("tab", { name: "long.txt", selected: true })).toBeVisible();
  await lin.locator(".monaco-editor:visible").first().hover();
  await lin.mouse.wheel(0, 4000);
  const top = async (page: Page) => Number(/^line (\d+)$/m.exec(await shownText(page))?.[1]);
  await expect.poll(() => top(lin)).toBeGreaterThan(1);
  // A line of which a part is in sight counts here, and there it does not.
  await expect.poll(async () => Math.abs((await top(ada)) - (await top(lin)))).toBeLessThan(2);

  await lin.getByRole("tab", { name: "Shell" }).click();
  await expect(ada.getByRole("tab", { name: "Shell", selected: true })).toBeVisible();
  // Also to what a terminal has scrolled out of sight.
  await lin.locator(".xterm-helper-textarea").last().focus();
  await lin.keyboard.type("seq 1001 1300\n");
  await expectTerminal(lin, /1300/);
  await expectTerminal(ada, /1300/);
  await lin.locator(".xterm-screen:visible").last().hover();
  await lin.mouse.wheel(0, -2000);
  const topNumber = async (page: Page) => /\d{4}/.exec(await terminalText(page))?.[0];
  await expect.poll(() => topNumber(lin)).not.toBe(undefined);
  await expect.poll(() => terminalText(lin)).not.toContain("1300");
  await expect.poll(async () => (await topNumber(ada)) === (await topNumber(lin))).toBe(true);
  await lin.getByRole("tab", { name: "Preview" }).click();
  await expect(ada.getByRole("tab", { name: "Preview", selected: true })).toBeVisible();
  await lin.getByRole("tab", { name: "notes.md" }).click();
  await expect(ada.getByRole("tab", { name: "notes.md", selected: true })).toBeVisible();

  // My own step pauses it, one key goes on, and Escape ends it.
  await goToEnd(ada);
  await expect(chip).toHaveText(/^Paused – follow Lin again/);
  await lin.getByRole("tab", { name: "long.txt" }).click();
  await ada.keyboard.type("mine");
  await expect.poll(() => shownText(ada)).toContain("mine");
  await ada.keyboard.press("Alt+a");
  await expect(ada.getByRole("tab", { name: "long.txt", selected: true })).toBeVisible();
  await expect(chip).toHaveText("Following Lin – Esc to stop");
  await ada.keyboard.press("Escape");
  await expect(chip).toBeHidden();
  await expect(lin.getByRole("button", { name: /Ada follows you/ })).toBeHidden();
});

test("each group of panes follows a person of its own, and tabs show who is in them", async ({
  room,
  join: enter,
}) => {
  writeFileSync(join(room.folder, "long.txt"), long);
  const [ada, lin, grace] = (await enterAs(enter, room, ["Ada", "Lin", "Grace"])) as [
    Page,
    Page,
    Page,
  ];
  await openFile(ada, "notes.md");
  const tab = ada.getByRole("tab", { name: "notes.md" });
  const alone = (await tab.boundingBox())?.width;
  await openFile(lin, "notes.md");
  await expect(ada.getByRole("tab", { name: "notes.md, Lin here", exact: true })).toBeVisible();
  await expect(tab.locator(".avatar")).toHaveCount(1);
  // One person takes no more room than the sign of the file.
  expect((await tab.boundingBox())?.width).toBe(alone);

  await openFile(grace, "long.txt");
  await ada.getByRole("button", { name: /^Lin · click to follow/ }).click();
  await ada.getByRole("button", { name: "Split to the right" }).click();
  await ada.getByRole("button", { name: /^Grace · click to follow/ }).click();
  const chip = (name: string) => ada.locator(".follow-chip").filter({ hasText: name });
  await expect(chip("Lin")).toHaveText("Following Lin – click to stop");
  await expect(chip("Grace")).toHaveText("Following Grace – Esc to stop");
  await expect(ada.locator(".dock__group--followed")).toHaveCount(2);
  const groups = ada.locator(".dock__group");
  const shown = (index: number) => groups.nth(index).getByRole("tab", { selected: true });
  await expect(shown(0)).toHaveAccessibleName(/^notes\.md/);
  await expect(shown(1)).toHaveAccessibleName(/^long\.txt/);

  // What I do in one of them pauses that one only.
  await ada.getByRole("tabpanel", { name: "long.txt" }).locator(".view-line").nth(9).click();
  await expect(chip("Grace")).toHaveText(/^Paused – follow Grace again/);
  await openFile(lin, "long.txt");
  await expect(shown(0)).toHaveAccessibleName(/^long\.txt/);
  await expect(chip("Lin")).toHaveText("Following Lin – click to stop");
  await ada.keyboard.press("Alt+a");
  await expect(chip("Grace")).toHaveText("Following Grace – Esc to stop");
  await ada.keyboard.press("Escape");
  await expect(chip("Grace")).toBeHidden();
  await expect(chip("Lin")).toHaveText("Following Lin – Esc to stop");
  await ada.keyboard.press("Escape");
  await expect(chip("Lin")).toBeHidden();
});

test("everyone is asked to come, and goes if they want to", async ({ room, join: enter }) => {
  writeFileSync(join(room.folder, "long.txt"), long);
  const [ada, lin, grace] = await enterAs(enter, room, ["Ada", "Lin", "Grace"]);
  await openFile(ada, "long.txt");
  await goToEnd(ada);
  await openFile(lin, "notes.md");
  await command(ada, "Bring everyone here");
  await expect(notices(ada).getByText("Asked 2 people to come here.")).toBeVisible();
  for (const page of [lin, grace as Page]) {
    await expect(
      notices(page).getByText("Ada asks everyone to come to long.txt:400"),
    ).toBeVisible();
  }
  await expect(lin.getByRole("tab", { name: "notes.md", selected: true })).toBeVisible();
  await lin.getByRole("button", { name: "Go there" }).click();
  await expect(lin.getByRole("tab", { name: "long.txt", selected: true })).toBeVisible();
  await expect.poll(() => shownText(lin)).toContain("line 400");
});

test("a colour that I choose is mine everywhere, and still is when I come back", async ({
  room,
  join: enter,
}) => {
  const [ada, lin] = await enterAs(enter, room, ["Ada", "Lin"]);
  await command(ada, "People");
  await ada.getByRole("listitem").filter({ hasText: "Ada" }).hover();
  await ada.getByRole("button", { name: "Change my name or colour" }).click();
  // It is chosen when the room knows it.
  await ada.getByRole("radio", { name: "Vermilion" }).click();
  const vermilion = "rgb(213, 94, 0)";
  const avatar = (page: Page) => page.locator('.people-stack .avatar[data-initials="A"]');
  for (const page of [ada, lin]) {
    await expect(avatar(page)).toHaveCSS("background-color", vermilion);
  }
  await ada.keyboard.press("Control+Shift+E");
  await openFile(ada, "notes.md");
  await openFile(lin, "notes.md");
  await goToEnd(ada);
  await expect(lin.locator(".caret.caret-color-5")).toHaveCount(1);
  await ada.reload();
  for (const page of [ada, lin]) {
    await expect(avatar(page)).toHaveCSS("background-color", vermilion);
  }
});

test("what others type breaks no composition, in its line or above it", async ({
  room,
  join: enter,
}) => {
  writeFileSync(join(room.folder, "words.txt"), "first\nsecond\nthird\n");
  const [ada, lin] = await enterAs(enter, room, ["Ada", "Lin"]);
  for (const page of [ada, lin]) await openFile(page, "words.txt");
  await ada.locator(".monaco-editor:visible .view-line").nth(1).click();
  await ada.keyboard.press("End");
  const input = await ada.context().newCDPSession(ada);
  const compose = (text: string) =>
    input.send("Input.imeSetComposition", {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  await compose("k");
  await compose("か");
  await expect.poll(() => shownText(lin)).toBe("first\nsecondか\nthird\n");

  // Lin types above the line, and at both ends of the line itself.
  await lin.locator(".monaco-editor:visible .view-line").first().click();
  await lin.keyboard.press("Control+Home");
  await lin.keyboard.type("above ");
  await expect.poll(() => shownText(ada)).toBe("above first\nsecondか\nthird\n");
  await compose("かn");
  await lin.keyboard.press("ArrowDown");
  await lin.keyboard.press("Home");
  await lin.keyboard.type("> ");
  await lin.keyboard.press("End");
  await lin.keyboard.type("!");
  await compose("かん");
  await expect.poll(() => shownText(lin)).toMatch(/^above first\n> second.*!.*\nthird\n$/);
  // Only when the composition is done the line gets what Lin has typed into it.
  expect(await shownText(ada)).toBe("above first\nsecondかん\nthird\n");
  await input.send("Input.insertText", { text: "漢" });
  await expect.poll(() => shownText(ada)).toMatch(/^above first\n> second(漢!|!漢)\nthird\n$/);
  await expect.poll(async () => (await shownText(lin)) === (await shownText(ada))).toBe(true);
  await ada.keyboard.type(" after");
  await expect.poll(() => shownText(lin)).toMatch(/漢!? after/);
});

test("two who type at one place do not mix their letters", async ({ room, join: enter }) => {
  writeFileSync(join(room.folder, "words.txt"), "first\nsecond\n");
  const [ada, lin] = await enterAs(enter, room, ["Ada", "Lin"]);
  for (const page of [ada, lin]) {
    await openFile(page, "words.txt");
    await page.locator(".monaco-editor:visible .view-line").first().click();
    await page.keyboard.press("End");
  }
  const letters = async (page: Page) => (await shownText(page)).length;
  const before = await letters(ada);
  for (let count = 1; count <= 8; count++) {
    const [writer, other] = count % 2 === 0 ? [ada, lin] : [lin, ada];
    await writer.keyboard.type(count % 2 === 0 ? "a" : "b");
    await expect.poll(() => letters(other)).toBe(before + count);
  }
  expect(await shownText(ada)).toMatch(/^first(aaaabbbb|bbbbaaaa)\nsecond\n$/);
  expect(await shownText(lin)).toBe(await shownText(ada));

  // A selection takes in nothing at its edges: what I then type replaces only what I have selected.
  await ada.keyboard.press("Control+Home");
  await ada.keyboard.press("Shift+End");
  await lin.keyboard.press("End");
  await lin.keyboard.type("!");
  await lin.keyboard.press("Home");
  await lin.keyboard.type("> ");
  await expect.poll(() => shownText(ada)).toMatch(/^> first[ab]+!\n/);
  await ada.keyboard.type("new");
  await expect.poll(() => shownText(lin)).toBe("> new!\nsecond\n");
});

test("a composition at several carets, in a file of mixed line ends, stays whole", async ({
  room,
  join: enter,
}) => {
  writeFileSync(join(room.folder, "mixed.txt"), "first\r\nsecond\nthird\r\n");
  const [ada, lin] = await enterAs(enter, room, ["Ada", "Lin"]);
  for (const page of [ada, lin]) await openFile(page, "mixed.txt");
  const lines = ada.locator(".monaco-editor:visible .view-line");
  await lines.first().click();
  for (const line of [1, 2]) await lines.nth(line).click({ modifiers: ["Alt"] });
  await ada.keyboard.press("End");
  const input = await ada.context().newCDPSession(ada);
  const compose = (text: string) =>
    input.send("Input.imeSetComposition", {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  await compose("か");
  await expect.poll(() => shownText(lin)).toBe("firstか\nsecondか\nthirdか\n");
  await lin.locator(".monaco-editor:visible .view-line").nth(1).click();
  await lin.keyboard.press("Home");
  await lin.keyboard.type("> ");
  await compose("かん");
  await expect.poll(() => shownText(lin)).toBe("firstかん\n> secondかん\nthirdかん\n");
  expect(await shownText(ada)).toBe("firstかん\nsecondかん\nthirdかん\n");
  await input.send("Input.insertText", { text: "漢" });
  const done = "first漢\n> second漢\nthird漢\n";
  for (const page of [ada, lin]) await expect.poll(() => shownText(page)).toBe(done);
  await ada.keyboard.type(".");
  await expect.poll(() => shownText(lin)).toBe("first漢.\n> second漢.\nthird漢.\n");
  await ada.keyboard.press("Control+s");
  await expect
    .poll(() => readFileSync(join(room.folder, "mixed.txt"), "utf8"))
    .toBe("first漢.\r\n> second漢.\nthird漢.\r\n");
});

test("all carets of a person are shown, and where those are who are out of sight", async ({
  room,
  join: enter,
}) => {
  writeFileSync(join(room.folder, "long.txt"), long);
  const [ada, lin] = await enterAs(enter, room, ["Ada", "Lin"]);
  for (const page of [ada, lin]) await openFile(page, "long.txt");
  const lines = lin.locator(".monaco-editor:visible .view-line");
  await lines.first().click();
  for (const line of [2, 4]) await lines.nth(line).click({ modifiers: ["Alt"] });
  await lin.keyboard.press("Shift+Home");
  await expect(ada.locator(".caret")).toHaveCount(3);
  await expect(ada.locator(".caret-selection:visible")).toHaveCount(3);
  await lin.keyboard.press("Escape");
  await lin.keyboard.press("Control+End");
  const hint = ada.getByRole("button", { name: "Lin is below, in line 400. Go there" });
  await expect(hint).toHaveText("Lin ↓ 400");
  await hint.click();
  await expect.poll(() => shownText(ada)).toContain("line 400");
  await expect(hint).toBeHidden();
  await expect(ada.locator(".caret")).toHaveCount(1);

  // A name goes after a while, and comes when the pointer asks for it.
  const name = ada.locator(".caret-label");
  await expect(name).toHaveCSS("opacity", "0");
  const at = await ada.locator(".caret").boundingBox();
  await ada.mouse.move((at?.x ?? 0) + 2, (at?.y ?? 0) + 8);
  await expect(name).toHaveCSS("opacity", "1");
  await ada.mouse.move((at?.x ?? 0) + 60, (at?.y ?? 0) + 8);
  await expect(name).toHaveCSS("opacity", "0");
});

test("ten others are seen, and seen moving, in a long file", async ({ room, join: enter }) => {
  const text = Array.from({ length: 10_000 }, (_, index) => `line ${index + 1}`).join("\n");
  writeFileSync(join(room.folder, "big.txt"), text);
  const page = await enter(room.link);
  await openFile(page, "big.txt");
  const others = await Promise.all(
    Array.from({ length: 10 }, (_, index) => Mover.join(room, `mover ${index}`, "big.txt")),
  );
  const timer = setInterval(() => others.forEach((other, index) => other.moveWithin(index)), 50);
  await expect(page.locator(".caret")).toHaveCount(10);
  const places = () =>
    page
      .locator(".caret")
      .evaluateAll((carets) => carets.map((caret) => caret.getBoundingClientRect().x));
  const before = await places();
  await expect
    .poll(async () => (await places()).filter((x, index) => x !== before[index]).length)
    .toBe(10);
  clearInterval(timer);
  for (const other of others) other.leave();
  await expect(page.locator(".caret")).toHaveCount(0);
});
