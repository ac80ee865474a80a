import type { Pending } from "#common/ot/client.ts";
import type { CommittedBase, KnownPacket } from "./committed.ts";

/** An op that waits for the container, and how many edits of the user are in it. */
export interface DraftOp extends Pending {
  readonly edits: number;
}

/** All that is needed to go on with an open text after the page that showed it is gone. */
export interface Draft {
  /** Of the open text, unlike any other. */
  readonly id: string;
  readonly path: string;
  readonly base: CommittedBase;
  /** What the container has committed since, in order. */
  readonly packets: readonly KnownPacket[];
  /** What it had not confirmed, in order. */
  readonly pending: readonly DraftOp[];
}

/** What has become of a draft since it was last written. */
export interface DraftChange {
  readonly id: string;
  readonly path: string;
  /** Whether the journal has something of it. */
  readonly isBegun: boolean;
  /** Absent when the base is the one that was written before. Another one begins the draft anew. */
  readonly base?: CommittedBase;
  /** Behind those that were written before. */
  readonly packets: readonly KnownPacket[];
  /** In place of what was written before. */
  readonly pending: readonly DraftOp[];
}

/**
 * Where this browser keeps what was typed until the container has it. Each draft belongs to the page
 * that wrote it, for as long as that lives; what a page that is gone has left is taken over by one
 * other page, under an id that it has from then on: who had the former one learns with the next
 * `write` that others went on, also where that is the same page again. Everything may reject where the
 * browser lets nothing be kept.
 */
export interface Journal {
  /** Takes over all drafts of pages that are gone which hold something the container may lack. */
  takeUnsent(): Promise<readonly Draft[]>;
  /** All such drafts where this page may not send them. They stay for one that may. */
  readUnsent(): Promise<readonly Draft[]>;
  /**
   * Takes over what pages that are gone have left of a file: all drafts that hold something the
   * container may lack, or else the newest one. The others are forgotten.
   */
  take(path: string): Promise<readonly Draft[]>;
  /** Calls back when pages are gone that may have left something, where the browser tells. */
  onLeft(listener: () => void): void;
  /**
   * Resolves when it would survive this page; to false, with nothing written, when a draft that was
   * begun is not this page's any more: another one took this page for gone.
   */
  write(change: DraftChange): Promise<boolean>;
  /** The container has everything of it. A draft that is not this page's stays. */
  remove(id: string): Promise<void>;
}
