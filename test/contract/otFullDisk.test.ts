import { expect, it } from "vitest";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import { parseReplPath } from "#container/paths.ts";
import { ot } from "#container/services/ot.ts";
import { bringClient, pass } from "#test/helpers/clientWorld.ts";
import { Editor } from "#test/helpers/editor.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { MemoryDisk } from "#test/helpers/memoryDisk.ts";
import { createRoom } from "#test/helpers/room.ts";
import { OtClient } from "./otClient.ts";
import { memoryHost } from "./otHosts.ts";

it("[OT32] refuses an edit that the full disk cannot keep, and goes on when there is room", async () => {
  const host = await memoryHost();
  await host.write("a.txt", "kept");
  const ada = await OtClient.open(await host.join(), "a.txt");
  const lin = await OtClient.open(await host.join(), "a.txt");

  host.disk.isFull = true;
  expect(await ada.send(["lost "])).toContain("no space left on device");

  host.disk.isFull = false;
  expect(await ada.send([4, "!"])).toBe("ok");
  expect(await ada.upTo(2)).toBe("kept!");
  expect(await lin.upTo(2)).toBe("kept!");
  expect(await ada.send([5, "!"])).toBe("ok");
  expect(await lin.upTo(3)).toBe("kept!!");
  await host.until(async () => (await host.read("a.txt")) === "kept!!");
  await host.restart();
  expect((await OtClient.open(await host.join(), "a.txt")).text).toBe("kept!!");
  await host.close();
});

it("[CL29] what is typed on a full disk stays with its author until there is room, over restarts too", async () => {
  const clock = new FakeClock();
  const disk = new MemoryDisk();
  const start = () => createRoom({ services: [ot], clock, disk });
  let room = start();
  await room.platform.files.write(parseReplPath("a.txt"), encodeUtf8("kept"));
  const open = async (userId: number) => {
    const world = bringClient(() => room, { userId });
    await pass(clock);
    const [opened] = await Promise.all([world.client.ot.openDocument("a.txt"), pass(clock)]);
    if (!opened.ok) throw opened.error;
    return { world, editor: new Editor(opened.value) };
  };
  const ada = await open(1);
  const lin = await open(2);

  disk.isFull = true;
  for (const letter of "typed on") {
    ada.editor.append(letter);
    await pass(clock, 3_000);
  }
  lin.editor.type(0, "Lin: ");
  await pass(clock, 60_000);
  for (const { editor } of [ada, lin]) {
    expect(editor.document.state).toMatchObject({
      kind: "stuck",
      message: expect.stringContaining("no space left on device") as string,
    });
  }
  expect([ada.editor.text, lin.editor.text]).toEqual(["kepttyped on", "Lin: kept"]);

  room = start();
  for (const { world } of [ada, lin]) world.cut();
  await pass(clock, 30_000);
  expect(ada.editor.document.state).toMatchObject({ kind: "stuck" });

  disk.isFull = false;
  await pass(clock, 30_000);
  for (const { editor } of [ada, lin]) {
    expect(editor.document.state).toEqual({ kind: "live", unsent: 0 });
    expect(editor.text).toBe("Lin: kepttyped on");
  }
  const stored = await room.platform.files.read(parseReplPath("a.txt"));
  expect(new TextDecoder().decode(stored)).toBe("Lin: kepttyped on");
});
