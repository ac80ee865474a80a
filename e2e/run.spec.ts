import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./room.ts";
import { expectTerminal } from "./page.ts";

test("Run shows output and exit status to everyone", async ({ room, join: enter }) => {
  writeFileSync(
    join(room.folder, "index.js"),
    'console.log("it", "runs"); setTimeout(() => process.exit(3), 300);\n',
  );
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await lin.getByRole("tab", { name: "Console" }).click();
  await ada.getByRole("button", { name: "Run", exact: true }).first().click();
  for (const page of [ada, lin]) {
    await page.getByRole("tab", { name: "Console" }).click();
    await expectTerminal(page, /it runs/);
    await expect(page.getByRole("status").getByText(/exited with 3/)).toBeVisible();
  }
});

test("a program reads what is typed, and Stop ends it for everyone", async ({
  room,
  join: enter,
}) => {
  writeFileSync(
    join(room.folder, "index.js"),
    'process.stdin.on("data", (line) => console.log("got " + line)); console.log("ready");\n',
  );
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await ada.getByRole("button", { name: "Run", exact: true }).first().click();
  await ada.getByRole("tab", { name: "Console" }).click();
  await expectTerminal(ada, /ready/);
  await ada.locator(".xterm-helper-textarea:visible, .xterm-helper-textarea").first().focus();
  await ada.keyboard.type("a line\n");
  await expectTerminal(ada, /got a line/);
  await lin.getByRole("button", { name: "Stop", exact: true }).first().click();
  await expect(ada.getByRole("button", { name: "Run", exact: true }).first()).toBeEnabled();
});

test("a port that the program opens appears in the preview", async ({ room, join: enter }) => {
  writeFileSync(join(room.folder, ".replit"), 'run = "node server.js"\n');
  const ada = await enter(room.link);
  await ada.getByRole("button", { name: "Run", exact: true }).first().click();
  const page = ada.frameLocator('iframe[title^="Page of port"]');
  await expect(page.locator("#hi")).toHaveText("served by the program", { timeout: 30_000 });
  const frame = ada.frames().find((each) => each !== ada.mainFrame());
  expect(new URL(frame?.url() ?? "").origin).not.toBe(new URL(ada.url()).origin);
});
