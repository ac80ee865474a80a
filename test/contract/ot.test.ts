import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OtClient } from "./otClient.ts";
import { memoryHost, nodeHost, type OtHost } from "./otHosts.ts";

describe.each([
  ["memory", memoryHost],
  ["node", nodeHost],
])("ot over %s", (_, createHost) => {
  let host: OtHost;

  beforeEach(async () => {
    host = await createHost();
  });

  afterEach(async () => {
    await host.close();
  });

  async function open(path: string, content?: string): Promise<OtClient> {
    if (content !== undefined) await host.write(path, content);
    return OtClient.open(await host.join(), path);
  }

  it("opens", async () => {
    const ada = await open("a.txt", "hello");
    expect([ada.text, ada.version]).toEqual(["hello", 1]);
    const bob = await open("a.txt");
    expect([bob.text, bob.version]).toEqual(["hello", 1]);
    expect(await ada.send([5, " world"], { nonce: 7 })).toBe("ok");
    expect(await bob.upTo(2)).toBe("hello world");
    await host.until(async () => (await host.read("a.txt")) === "hello world");
    await host.write("a.txt", "hello brave world");
    expect(await bob.upTo(3)).toBe("hello brave world");
    await host.restart();
    const carol = await open("a.txt");
    expect([carol.text, carol.version]).toEqual(["hello brave world", 3]);
  });
});
