import { createStorage } from "#container/node/storage.ts";

// Appends and writes as fast as it can until it is killed, and tells what was acknowledged.
const [, , directory = "", prefix = ""] = process.argv;
const storage = createStorage(directory);
const log = await storage.openLog("log");

async function append(writer: number): Promise<never> {
  for (let i = 0; ; i++) {
    const text = `${prefix}/${writer}/${i}/${"x".repeat((i * 37) % 700)}`;
    await log.append(Buffer.from(text));
    process.send?.({ log: text });
  }
}

async function write(): Promise<never> {
  for (let i = 0; ; i++) {
    await storage.writeRecord("record", Buffer.from(`${prefix}/${i}`));
    process.send?.({ record: i });
  }
}

await Promise.all([append(1), append(2), append(3), write()]);
