/** One line of the table that `npm run bench` prints. */
export interface BenchRow {
  readonly group: string;
  readonly work: string;
  readonly ours: number;
  /** Unit of all figures of the row; says by its name which way is better (`ms`, `edits/s`). */
  readonly unit: string;
  /** The peers on the same work, in the same run. */
  readonly peers: readonly { readonly name: string; readonly value: number }[];
  readonly goal: string;
  readonly met: boolean;
  /** Why a goal was missed, or what to mind when reading the figure. */
  readonly note?: string;
}
