import { expect, it } from "vitest";
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
