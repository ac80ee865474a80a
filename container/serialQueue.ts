type Task = () => void | Promise<void>;

/**
 * Runs tasks one at a time, in the order in which they came. A task runs at once when none is ahead
 * of it, so that work that is not asynchronous costs no turn of the event loop. Tasks must not
 * throw or reject.
 */
export class SerialQueue {
  #tasks: Task[] = [];
  #next = 0;
  #busy = false;

  run(task: Task): void {
    this.#tasks.push(task);
    if (!this.#busy) this.#drain();
  }

  #drain(): void {
    this.#busy = true;
    for (let task = this.#take(); task !== undefined; task = this.#take()) {
      const pending = task();
      if (pending === undefined) continue;
      void pending.then(() => this.#drain()); // Tasks do not reject.
      return;
    }
    this.#busy = false;
  }

  #take(): Task | undefined {
    const task = this.#tasks[this.#next++];
    // Dropping the done half now and then keeps taking O(1) without keeping all that ever ran.
    if (task === undefined || this.#next * 2 > this.#tasks.length + 64) {
      this.#tasks = this.#tasks.slice(this.#next);
      this.#next = 0;
    }
    return task;
  }
}
