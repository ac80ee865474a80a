export type Transaction<Store extends string> = Readonly<Record<Store, IDBObjectStore>> & {
  /** Rejects when nothing of the transaction was kept. */
  readonly done: Promise<void>;
};

/** One IndexedDB of this browser, opened when it is needed first, and again when it was let go of. */
export class BrowserDatabase {
  readonly #name: string;
  readonly #create: (database: IDBDatabase) => void;
  #opened: Promise<IDBDatabase> | undefined;

  /** `create` makes the stores where there are none yet. */
  constructor(name: string, create: (database: IDBDatabase) => void) {
    this.#name = name;
    this.#create = create;
  }

  async begin<Store extends string>(
    stores: readonly Store[],
    mode: IDBTransactionMode,
  ): Promise<Transaction<Store>> {
    this.#opened ??= this.#open();
    const transaction = (await this.#opened).transaction(stores, mode);
    const done = new Promise<void>((resolve, reject) => {
      transaction.addEventListener("complete", () => resolve());
      transaction.addEventListener("abort", () =>
        reject(transaction.error ?? new Error("aborted")),
      );
    });
    // Whoever waits for it hears of it.
    done.catch(() => {});
    const byName = Object.fromEntries(stores.map((name) => [name, transaction.objectStore(name)]));
    return { ...(byName as Record<Store, IDBObjectStore>), done };
  }

  #open(): Promise<IDBDatabase> {
    // Another try may fare better.
    const letGo = (): void => {
      this.#opened = undefined;
    };
    const request = indexedDB.open(this.#name, 1);
    request.addEventListener("upgradeneeded", () => this.#create(request.result));
    request.addEventListener("error", letGo);
    request.addEventListener("success", () => {
      const { result } = request;
      result.addEventListener("close", letGo);
      // A later build wants the database in another form, and waits for us to let go of it.
      result.addEventListener("versionchange", () => {
        result.close();
        letGo();
      });
    });
    return settled(request);
  }
}

export function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("no database")));
  });
}
