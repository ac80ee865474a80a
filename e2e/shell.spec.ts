import { expect, test } from "./room.ts";
import { expectTerminal, openShell, terminalText } from "./page.ts";

test("one terminal is typed in by two and survives a reload", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await openShell(ada);
  await ada.keyboard.type("echo from-ada-$((40+2))\n");
  await expectTerminal(ada, /from-ada-42/);
  await openShell(lin);
  await expectTerminal(lin, /from-ada-42/);
  await lin.keyboard.type("export SEEN=yes; echo from-lin-$((1+1))\n");
  await expectTerminal(ada, /from-lin-2/);
  await ada.reload();
  await openShell(ada);
  await expectTerminal(ada, /from-ada-42[^]*from-lin-2/);
  await ada.keyboard.type("echo still-$SEEN\n");
  await expectTerminal(ada, /still-yes/);
});

test("a flood neither loses its end nor delays Ctrl+C", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  await openShell(ada);
  await ada.keyboard.type("PS1='READY> '; seq 1 300000; echo the-$((1+1))-end\n");
  await expectTerminal(ada, /299999\s+300000\s+the-2-end/);
  await ada.keyboard.type("yes flood\n");
  await expectTerminal(ada, /(flood\s+){5}/);
  await ada.keyboard.press("Control+c");
  await expectTerminal(ada, /READY> *$/);
});

test("a shell that ended says so and starts again on Enter", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  await openShell(ada);
  await ada.keyboard.type("exit 7\n");
  await expectTerminal(ada, /7[^]*Enter/);
  await ada.keyboard.press("Enter");
  await ada.keyboard.type("echo again-$((2+3))\n");
  await expectTerminal(ada, /again-5/);
  expect(await terminalText(ada)).toContain("again-5");
});
