import type { Cancel, Clock } from "#common/lib/clock.ts";
import { messageOf } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import type { OpenPort, PortWatcher } from "../platform.ts";
import type { ListPorts } from "./ports/listing.ts";
import { linuxListing } from "./ports/linux.ts";
import { lsofListing } from "./ports/lsof.ts";

export interface PortWatcherOptions {
  /** Marks the programs of this repl: their environment has it as `REPL_ID`. */
  readonly replId: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Gives a port one of the host that shows it, before anybody is told of it (PO3). */
  readonly forward?: (port: OpenPort) => Promise<number>;
  /** The port listens no more. */
  readonly unforward?: (port: OpenPort) => void;
  readonly list?: ListPorts;
}

/** People wait for a server to appear; looking costs next to nothing while none does. */
const POLL_MS = 400;

/** Watches what real programs listen on. Looks only while somebody watches. */
export function createPortWatcher(options: PortWatcherOptions): PortWatcher {
  const { replId, clock, log } = options;
  const list = options.list ?? (process.platform === "linux" ? linuxListing : lsofListing)(replId);

  return {
    watch(onOpen, onClose) {
      /** What is open, and has been told when `isTold`. */
      const known = new Map<number, { port: OpenPort; isTold: boolean }>();
      let cancel: Cancel = () => {};
      let isCancelled = false;

      const open = async (port: OpenPort): Promise<void> => {
        const entry = { port, isTold: false };
        known.set(port.port, entry);
        try {
          const forwardedPort = await options.forward?.(port);
          if (forwardedPort !== undefined) entry.port = { ...port, forwardedPort };
        } catch (error) {
          log.warn("port is not forwarded", { port: port.port, error: messageOf(error) });
        }
        if (isCancelled || known.get(port.port) !== entry) return;
        entry.isTold = true;
        onOpen(entry.port);
      };

      const close = ({ port, isTold }: { port: OpenPort; isTold: boolean }): void => {
        known.delete(port.port);
        options.unforward?.(port);
        if (isTold) onClose(port);
      };

      const poll = async (): Promise<void> => {
        try {
          const listening = new Map((await list()).map((port) => [port.port, port]));
          if (isCancelled) return;
          for (const entry of [...known.values()]) {
            const now = listening.get(entry.port.port);
            // Another program may have taken the port between two looks.
            if (now === undefined || now.pid !== entry.port.pid) close(entry);
          }
          for (const port of listening.values()) {
            if (!known.has(port.port)) void open(port); // It never rejects.
          }
        } catch (error) {
          log.warn("ports cannot be listed", { error: messageOf(error) });
        }
        if (!isCancelled) cancel = clock.after(POLL_MS, () => void poll()); // Nor does this.
      };
      void poll();

      return () => {
        isCancelled = true;
        cancel();
        for (const { port } of known.values()) options.unforward?.(port);
        known.clear();
      };
    },
  };
}
