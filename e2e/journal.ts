import type { Page } from "@playwright/test";

// What a browser keeps of what was typed there, as its developer tools would show it.

/** Makes all drafts look as if they had been kept when an invite stood for its project. */
export async function keepUnder(page: Page, invite: string): Promise<void> {
  await page.evaluate(
    (room) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open("tandem");
        opening.addEventListener("error", () => reject(opening.error ?? new Error()));
        opening.addEventListener("success", () => {
          const transaction = opening.result.transaction("drafts", "readwrite");
          transaction.addEventListener("complete", () => {
            opening.result.close();
            resolve();
          });
          const drafts = transaction.objectStore("drafts");
          const reading = drafts.getAll();
          reading.addEventListener("success", () => {
            for (const draft of reading.result) drafts.put({ ...draft, room });
          });
        });
      }),
    invite,
  );
}

interface KeptOp {
  readonly op: readonly unknown[];
}

/** What this browser has kept of what was typed, in any text: sent, or not. */
export async function keptWords(page: Page, store: "packets" | "pending"): Promise<string> {
  const records = await kept<KeptOp | { readonly ops: readonly KeptOp[] }>(page, store);
  return records
    .flatMap((record) => ("ops" in record ? record.ops : [record]))
    .flatMap(({ op }) => op.filter((component) => typeof component === "string"))
    .join("");
}

/** What this browser has kept of texts as the container has them. */
export async function keptText(page: Page): Promise<string> {
  const drafts = await kept<{ readonly text: string }>(page, "drafts");
  return drafts.map(({ text }) => text).join("") + (await keptWords(page, "packets"));
}

/** What this browser has kept of what was written in the chat: messages, and what is none yet. */
export async function keptMessages(page: Page): Promise<readonly string[]> {
  const messages = await kept<KeptMessage>(page, "messages", "tandem-chat");
  const drafts = await kept<KeptMessage>(page, "drafts", "tandem-chat");
  return [...messages.toSorted((a, b) => a.order - b.order), ...drafts].map(({ text }) => text);
}

interface KeptMessage {
  readonly text: string;
  readonly order: number;
}

function kept<T>(page: Page, store: string, database = "tandem"): Promise<readonly T[]> {
  return page.evaluate(
    ([name, from]) =>
      new Promise<readonly T[]>((resolve, reject) => {
        const opening = indexedDB.open(from);
        opening.addEventListener("error", () => reject(opening.error ?? new Error()));
        opening.addEventListener("success", () => {
          const reading = opening.result.transaction(name).objectStore(name).getAll();
          reading.addEventListener("success", () => {
            opening.result.close();
            resolve(reading.result);
          });
        });
      }),
    [store, database] as const,
  );
}
