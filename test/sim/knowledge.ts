import { apply, invert, type Op } from "#common/ot/op.ts";
import { decodeCommand } from "#common/wire/codec.ts";
import { commitOf, PROGRAM } from "#container/services/ot/commit.ts";
import type { MemoryBrowser } from "#test/helpers/memoryJournal.ts";

interface Edit {
  readonly op: Op;
  readonly userId: number;
}

const MAX_RECORD_BYTES = 0x7fff_ffff;

/** Characters that were inserted and deleted. */
class Account {
  readonly inserted = new Set<string>();
  readonly deleted = new Set<string>();
}

/** What people and programs have done, as somebody knows it edit by edit. */
export class Knowledge {
  readonly people = new Account();
  readonly programs = new Account();
  /** Whether the file was about to be saved, and nothing tells yet whether it was. */
  isSaving = false;

  /** What a machine's logs have. */
  learnLogs(logs: ReadonlyMap<string, readonly Uint8Array[]>): void {
    for (const [name, records] of logs) {
      if (!/^ot-.*-0$/.test(name)) continue;
      const commits = records.flatMap((record) => {
        const { body } = decodeCommand(record, MAX_RECORD_BYTES);
        return body.case === "otFetchResponse" ? body.value.packets : [];
      });
      const note = commits.findLast(({ version }) => version === 0);
      this.isSaving ||= note !== undefined && note.spookyVersion > 0 && note.nonce === 1;
      // What has version 0 is a note.
      this.#learn("", commits.filter(({ version }) => version > 0).map(commitOf));
    }
  }

  /**
   * What pages of a browser know, and what those that are gone have left for the next one; at least,
   * since they write it down a little later.
   */
  learnDrafts({ drafts }: MemoryBrowser): void {
    for (const { page, base, packets, pending } of drafts.values()) {
      if (page.isGone && pending.length === 0) continue;
      const own = pending.map(({ op, lostFrom = -1 }) => ({ op, userId: lostFrom }));
      this.#learn(base.text, [...packets, ...own]);
    }
  }

  #learn(before: string, edits: readonly Edit[]): void {
    let text = before;
    for (const { op, userId } of edits) {
      const { inserted, deleted } = userId === PROGRAM ? this.programs : this.people;
      for (const char of textsIn(op)) inserted.add(char);
      for (const char of textsIn(invert(op, text))) deleted.add(char);
      text = apply(text, op);
    }
  }
}

function textsIn(op: Op): string {
  return op.filter((component) => typeof component === "string").join("");
}
