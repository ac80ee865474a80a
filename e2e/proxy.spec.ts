import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { appIsKept, expectTerminal, goToEnd, openFile, openShell, shownText } from "./page.ts";
import { startReverseProxy, type ReverseProxy } from "./reverseProxy.ts";
import { expect, test as base } from "./room.ts";

/** Names below one that browsers take for one site, and for this machine. */
const SITE = "example.localhost";

const test = base.extend<{ front: ReverseProxy }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixture's needs off the pattern
  front: async ({}, provide) => {
    const front = await startReverseProxy();
    await provide(front);
    front.close();
  },
  hostArgs: async ({ front }, provide) => {
    await provide(["--preview-url", `http://{port}.${SITE}:${front.port}`]);
  },
});

test("all of it works below a path of a reverse proxy", async ({ room, front, join: enter }) => {
  const { port, hash } = new URL(room.link);
  front.upstream = Number(port);
  writeFileSync(join(room.folder, ".replit"), 'run = "node server.js"\n');
  const page = `http://tandem.${SITE}:${front.port}/tandem/`;
  const ada = await enter(page + hash);
  const elsewhere: string[] = [];
  ada.on("request", (request) => {
    const url = request.url();
    const isBelow = url.startsWith(page) || !url.startsWith("http");
    if (!isBelow && request.frame() === ada.mainFrame()) elsewhere.push(url);
  });

  await openFile(ada, "notes.md");
  await goToEnd(ada);
  await ada.keyboard.type("Through the proxy.");

  await ada.getByRole("button", { name: "Invite" }).first().click();
  const invite = await ada
    .getByRole("dialog")
    .getByLabel(/^Can edit/)
    .inputValue();
  expect(invite.startsWith(`${page}#invite=`)).toBe(true);
  await ada.keyboard.press("Escape");
  const lin = await enter(invite);
  const linsEditor = await openFile(lin, "notes.md");
  await expect(linsEditor).toContainText("Through the proxy.");

  await ada.getByRole("button", { name: /^Chat/ }).first().click();
  const chooser = ada.waitForEvent("filechooser");
  await ada.getByRole("button", { name: "Add an image" }).click();
  const gif = Buffer.from("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=", "base64");
  await (await chooser).setFiles({ name: "dot.gif", mimeType: "image/gif", buffer: gif });
  await expect(ada.getByRole("button", { name: "Remove dot.gif" })).toBeVisible();
  await ada.getByRole("button", { name: "Send", exact: true }).click();
  await lin.getByRole("button", { name: /^Chat/ }).first().click();
  await expect(lin.getByRole("button", { name: "dot.gif" })).toBeVisible();

  await openShell(lin);
  await lin.keyboard.type("echo a$((40 + 2))\n");
  await expectTerminal(lin, /a42/);

  await ada.getByRole("button", { name: "Run", exact: true }).first().click();
  const preview = ada.frameLocator('iframe[title^="Page of port"]');
  await expect(preview.locator("#hi")).toHaveText("served by the program", { timeout: 30_000 });
  const frame = ada.frames().find((each) => each !== ada.mainFrame());
  expect(frame?.url()).toMatch(new RegExp(`^http://\\d+\\.${SITE}:${front.port}/$`));
  expect(elsewhere).toEqual([]);
});

test("the app can be loaded while there is no host behind the proxy", async ({
  room,
  front,
  join: enter,
}) => {
  const { port, hash } = new URL(room.link);
  front.upstream = Number(port);
  const ada = await enter(`http://tandem.${SITE}:${front.port}/tandem/${hash}`);
  await openFile(ada, "notes.md");
  await goToEnd(ada);
  await appIsKept(ada);
  await room.stop("SIGKILL");
  await ada.keyboard.type("kept");
  await expect(ada.getByText("4 edits not yet saved", { exact: true })).toBeVisible();
  ada.on("dialog", (dialog) => void dialog.accept());
  const answer = await ada.reload();
  expect(answer?.fromServiceWorker()).toBe(true);
  await expect.poll(() => shownText(ada)).toBe("# Notes\n\nOne line.\nkept");
});
