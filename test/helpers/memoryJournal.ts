import { Emitter } from "#common/lib/emitter.ts";
import type { KnownPacket } from "#protocol/document/committed.ts";
import type { Draft, DraftChange, DraftOp, Journal } from "#protocol/document/journal.ts";

interface Stored {
  page: MemoryJournal;
  path: string;
  base: Draft["base"];
  packets: KnownPacket[];
  pending: readonly DraftOp[];
}

/** What pages of one browser keep. It outlives them. */
export class MemoryBrowser {
  readonly drafts = new Map<string, Stored>();
  readonly #left = new Emitter<void>();

  /** A page's journal; `run` decides when each operation happens. */
  openPage(run: (operation: () => void) => void = (operation) => operation()): MemoryJournal {
    return new MemoryJournal(this.drafts, run, (listener) => this.#left.on(listener));
  }

  /** Tells all pages that one is gone, as a browser with locks does. */
  tellLeft(): void {
    this.#left.emit();
  }
}

export class MemoryJournal implements Journal {
  readonly #drafts: Map<string, Stored>;
  readonly #run: (operation: () => void) => void;
  readonly onLeft: Journal["onLeft"];
  #isGone = false;
  /** It lives, and others cannot tell. */
  isSilent = false;
  /** Whether what another page could not send can be sent from here. */
  mayEdit = true;
  /** Why the browser lets nothing be read or kept, while it does not. */
  refuses: string | undefined;
  /** How often it has refused. */
  refused = 0;

  constructor(
    drafts: Map<string, Stored>,
    run: (operation: () => void) => void,
    onLeft: Journal["onLeft"],
  ) {
    this.#drafts = drafts;
    this.#run = run;
    this.onLeft = onLeft;
  }

  /** Whether a draft of this page holds something that the container may lack. */
  get holdsUnsent(): boolean {
    return [...this.#drafts.values()].some(
      ({ page, pending }) => page === this && pending.length > 0,
    );
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** The page is gone; what it had not written is lost. */
  crash(): void {
    this.#isGone = true;
  }

  readUnsent(): Promise<readonly Draft[]> {
    return this.#do(() =>
      this.mayEdit
        ? []
        : this.#left()
            .filter(([, { pending }]) => pending.length > 0)
            .map(draftOf),
    );
  }

  takeUnsent(): Promise<readonly Draft[]> {
    return this.#do(() =>
      (this.mayEdit ? this.#left() : [])
        .filter(([, { pending }]) => pending.length > 0)
        .map((left) => this.#takeOver(left)),
    );
  }

  take(path: string): Promise<readonly Draft[]> {
    return this.#do(() => {
      const left = this.#left().filter(([, stored]) => stored.path === path);
      const isUnsent = ([, { pending }]: readonly [string, Stored]) => pending.length > 0;
      const unsent = this.mayEdit ? left.filter(isUnsent) : [];
      const others = left.filter((each) => !isUnsent(each));
      const taken = unsent.length > 0 ? unsent : others.slice(-1);
      for (const other of others) if (!taken.includes(other)) this.#drafts.delete(other[0]);
      return taken.map((each) => this.#takeOver(each));
    });
  }

  write(change: DraftChange): Promise<boolean> {
    const { id, path, isBegun, base, packets, pending } = structuredClone(change);
    return this.#do(() => {
      const before = this.#drafts.get(id);
      if (isBegun && before?.page !== this) return false;
      if (base !== undefined) {
        this.#drafts.set(id, { page: this, path, base, packets: [...packets], pending });
      } else if (before !== undefined) {
        before.packets.push(...packets);
        before.pending = pending;
      }
      return true;
    });
  }

  remove(id: string): Promise<void> {
    return this.#do(() => {
      if (this.#drafts.get(id)?.page === this) this.#drafts.delete(id);
    });
  }

  #left(): readonly (readonly [string, Stored])[] {
    return [...this.#drafts].filter(
      ([, { page }]) => page !== this && (page.isGone || page.isSilent),
    );
  }

  #takeOver([id, stored]: readonly [string, Stored]): Draft {
    this.#drafts.delete(id);
    const taken = `${id}+`;
    this.#drafts.set(taken, { ...stored, page: this });
    return draftOf([taken, stored]);
  }

  #do<T>(operation: () => T): Promise<T> {
    if (this.refuses !== undefined) {
      this.refused += 1;
      return Promise.reject(new Error(this.refuses));
    }
    return new Promise((resolve) => {
      this.#run(() => {
        if (!this.#isGone) resolve(operation());
      });
    });
  }
}

function draftOf([id, stored]: readonly [string, Stored]): Draft {
  const { page: _page, ...draft } = structuredClone({ ...stored, page: undefined });
  return { id, ...draft };
}
