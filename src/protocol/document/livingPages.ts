import type { Clock } from "#common/lib/clock.ts";

const PREFIX = "tandem-page:";

/** How long other pages have to say that they live, where the browser does not know. */
const ROLL_CALL_MS = 300;

/** Which pages of this browser live, by their ids. */
export interface LivingPages {
  /** Resolves when other pages can tell that this one lives. */
  readonly announced: Promise<void>;
  /** Of pages that were announced at some time, those that still live. */
  list(): Promise<ReadonlySet<string>>;
}

/** Makes this page known as `id` until it is gone, however it goes. */
export function announcePage(id: string, clock: Clock): LivingPages {
  // Typed as always there, but only pages of secure origins have it.
  const locks = navigator.locks as LockManager | undefined;
  return locks === undefined ? byRollCall(id, clock) : byLocks(locks, id);
}

/** The browser itself lets go of a page's locks. */
function byLocks(locks: LockManager, id: string): LivingPages {
  const announced = new Promise<void>((resolve, reject) => {
    const held = (): Promise<never> => {
      resolve();
      return new Promise(() => {});
    };
    locks.request(PREFIX + id, held).catch(reject);
  });
  // Whoever needs it hears of it.
  announced.catch(() => {});
  return {
    announced,
    async list() {
      const { held = [] } = await locks.query();
      return new Set(
        held.flatMap(({ name = "" }) =>
          name.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [],
        ),
      );
    },
  };
}

function byRollCall(id: string, clock: Clock): LivingPages {
  const channel = new BroadcastChannel("tandem-pages");
  const answers = new Set<string>();
  channel.onmessage = ({ data }: MessageEvent<{ readonly id?: string }>) => {
    if (data.id === undefined) channel.postMessage({ id });
    else answers.add(data.id);
  };
  return {
    announced: Promise.resolve(),
    async list() {
      answers.clear();
      channel.postMessage({});
      await new Promise<void>((resolve) => clock.after(ROLL_CALL_MS, resolve));
      return new Set(answers).add(id);
    },
  };
}
