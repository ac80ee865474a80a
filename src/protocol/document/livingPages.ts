import type { Clock } from "#common/lib/clock.ts";
import { Emitter } from "#common/lib/emitter.ts";

const PREFIX = "tandem-page:";
const CHANNEL = "tandem-pages";

/** What pages say to each other: who is here, or without an id, that all are to say so. */
interface Word {
  readonly id?: string;
}

/** How long other pages have to say that they live, where the browser does not know. */
const ROLL_CALL_MS = 300;

/** By then a page that is loaded again has come for what it had before. */
const RELOAD_MS = 10_000;

/** Which pages of this browser live, by their ids. */
export interface LivingPages {
  /** Resolves when other pages can tell that this one lives. */
  readonly announced: Promise<void>;
  /** Of pages that were announced at some time, those that still live, or have gone just now. */
  list(): Promise<ReadonlySet<string>>;
  /** Calls back when one is gone for good, where the browser tells. */
  onGone(listener: () => void): void;
}

/** Makes this page known as `id` until it is gone, however it goes. */
export function announcePage(id: string, clock: Clock): LivingPages {
  // Typed as always there, but only pages of secure origins have it.
  const locks = navigator.locks as LockManager | undefined;
  return locks === undefined ? byRollCall(id, clock) : byLocks(locks, id, clock);
}

/** The browser itself lets go of a page's locks. */
function byLocks(locks: LockManager, id: string, clock: Clock): LivingPages {
  const gone = new Emitter<void>();
  const watched = new Set<string>();
  const goneJustNow = new Set<string>();
  /** Queues for the lock that a page has for as long as it lives. */
  const watch = (page: string): void => {
    if (page === id || watched.has(page)) return;
    watched.add(page);
    const handleEnd = (): void => {
      watched.delete(page);
      goneJustNow.add(page);
      clock.after(RELOAD_MS, () => {
        goneJustNow.delete(page);
        gone.emit();
      });
    };
    // Shared by all who wait, so that they hear of it together.
    locks.request(PREFIX + page, { mode: "shared" }, handleEnd).catch(() => watched.delete(page));
  };
  const list = async (): Promise<ReadonlySet<string>> => {
    const { held = [] } = await locks.query();
    const living = held.flatMap(({ name = "", mode }) =>
      // Who has queued for one holds it for a moment.
      name.startsWith(PREFIX) && mode === "exclusive" ? [name.slice(PREFIX.length)] : [],
    );
    for (const page of living) watch(page);
    return new Set([...living, ...goneJustNow]);
  };
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<Word>) => data.id !== undefined && watch(data.id);
  const announced = new Promise<void>((resolve, reject) => {
    const held = (): Promise<never> => {
      resolve();
      return new Promise(() => {});
    };
    locks.request(PREFIX + id, held).catch(reject);
  });
  announced
    .then(() => {
      channel.postMessage({ id } satisfies Word);
      return list();
    })
    .catch(() => {}); // Whoever needs it hears of it.
  return { announced, list, onGone: (listener) => void gone.on(listener) };
}

function byRollCall(id: string, clock: Clock): LivingPages {
  const channel = new BroadcastChannel(CHANNEL);
  const answers = new Set<string>();
  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    if (data.id === undefined) channel.postMessage({ id } satisfies Word);
    else answers.add(data.id);
  };
  return {
    announced: Promise.resolve(),
    async list() {
      answers.clear();
      channel.postMessage({} satisfies Word);
      await new Promise<void>((resolve) => clock.after(ROLL_CALL_MS, resolve));
      return new Set(answers).add(id);
    },
    // A page that is asked says that it lives; none says that it goes.
    onGone: () => {},
  };
}
