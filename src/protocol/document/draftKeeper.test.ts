import { expect, it } from "vitest";
import { silentLogger } from "#common/lib/log.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { MemoryBrowser, type MemoryJournal } from "#test/helpers/memoryJournal.ts";
import { Committed } from "./committed.ts";
import { DraftKeeper } from "./draftKeeper.ts";

const pending = [{ op: ["typed "], nonce: 7, edits: 1 }];

async function keep(journal: MemoryJournal, ids: readonly string[]): Promise<DraftKeeper> {
  const left = [...ids];
  const keeper = new DraftKeeper({
    taken: undefined,
    createId: () => left.shift() ?? "",
    path: "a.txt",
    journal,
    clock: new FakeClock(),
    log: silentLogger,
    state: () => ({ committed: new Committed(1, "text"), pending, isUp: false }),
    onTaken: () => undefined,
  });
  await keeper.settle();
  return keeper;
}

it("[CL37] leaves nothing behind where only others seemed to go on with a draft", async () => {
  const browser = new MemoryBrowser();
  const keeper = await keep(browser.openPage(), ["first", "second"]);
  keeper.leave();
  expect([...browser.drafts.keys()]).toEqual(["first"]);
  await keeper.settle();
  expect([...browser.drafts.keys()]).toEqual(["second"]);
  expect(keeper.isKept).toBe(true);
});

it("[CL37] leaves a draft to the page that has taken it over", async () => {
  const browser = new MemoryBrowser();
  const journal = browser.openPage();
  const keeper = await keep(journal, ["first", "second"]);
  journal.isSilent = true;
  await browser.openPage().takeUnsent();
  keeper.leave();
  await keeper.settle();
  expect([...browser.drafts.keys()]).toEqual(["first+", "second"]);
});

it("[CL37] leaves its own draft to whoever on its page got that back from another", async () => {
  const browser = new MemoryBrowser();
  const journal = browser.openPage();
  const keeper = await keep(journal, ["first", "second"]);
  const other = browser.openPage();
  journal.isSilent = true;
  await other.takeUnsent();
  other.isSilent = true;
  const [back] = await journal.takeUnsent();
  await keeper.settle(); // It learns that the draft is another one's,
  await keeper.settle(); // and writes its own.
  expect(back?.pending).toEqual(pending);
  expect([...browser.drafts.keys()]).toEqual([back?.id, "second"]);
});
