import { readFileSync, readlinkSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import type { OpenPort } from "../../platform.ts";
import { mergePorts, type ListPorts } from "./listing.ts";

/**
 * The tables of all sockets take the kernel some 10 ms. They are read when there are more sockets than
 * before, or a program has let go of one; what shows in neither, such as a socket that came as another
 * went, is found after so many lists.
 */
const LISTS_BETWEEN_TABLES = 10;

/** A socket that none of our programs has after so many looks is somebody else's. */
const LOOKS_FOR_HOLDER = 3;

/** Looking at one process takes some 20 µs, at hundreds too long for those who type. */
const SLICE_MS = 1;

/**
 * Lists ports from `/proc`: sockets that listen, and that programs of the repl have open. It takes some
 * 0.1 ms when nothing has changed, and lets others go on meanwhile when something has.
 */
export function linuxListing(replId: string, proc = "/proc"): ListPorts {
  const programs = new Programs(replId, proc);
  /** Sockets of ours that listen, by inode. */
  const held = new Map<string, { readonly port: OpenPort; readonly link: string }>();
  /** How often those who have a socket were looked for. */
  const looks = new Map<string, number>();
  let sockets = NaN;
  let newestProcess: string | undefined;
  let listsLeft = 0;

  const look = async (): Promise<void> => {
    const listening = await readTables(proc);
    for (const inodes of [held, looks]) {
      for (const inode of inodes.keys()) if (!listening.has(inode)) inodes.delete(inode);
    }
    const wanted = new Set<string>();
    for (const inode of listening.keys()) {
      const count = looks.get(inode) ?? 0;
      if (held.has(inode) || count === LOOKS_FOR_HOLDER) continue;
      looks.set(inode, count + 1);
      wanted.add(inode);
    }
    if (wanted.size === 0) return;
    await programs.update();
    for (const [inode, { pid, link }] of await findHolders(wanted, programs.list(), proc)) {
      const { port, address } = listening.get(inode) ?? {};
      if (port === undefined || address === undefined) continue;
      held.set(inode, { port: { port, address, pid, command: commandOf(`${proc}/${pid}`) }, link });
    }
  };

  return async () => {
    const socketsNow = countSockets(proc);
    const newestNow = tryRead(`${proc}/loadavg`).trim().split(" ").at(-1);
    // What has left its parents is known by them alone, and they may be gone when it listens.
    if (newestNow !== newestProcess) await programs.update();
    const lost = [...held].filter(([inode, { link }]) => socketAt(link) !== inode);
    for (const [inode] of lost) {
      held.delete(inode);
      looks.delete(inode);
    }
    if (!(socketsNow <= sockets) || lost.length > 0 || listsLeft === 0) {
      listsLeft = LISTS_BETWEEN_TABLES;
      await look();
    }
    listsLeft--;
    sockets = socketsNow;
    newestProcess = newestNow;
    return mergePorts([...held.values()].map(({ port }) => port));
  };
}

/** The processes of a repl: those whose environment says so, and what these have started. */
class Programs {
  readonly #mark: string;
  readonly #proc: string;
  /** By pid; a process that has been looked at is not looked at again. */
  #seen = new Map<number, { readonly isOurs: boolean; readonly parent: number }>();

  constructor(replId: string, proc: string) {
    this.#mark = `\0REPL_ID=${replId}\0`;
    this.#proc = proc;
  }

  /** As of the last update, the oldest first. */
  list(): number[] {
    return [...this.#seen].flatMap(([pid, { isOurs }]) => (isOurs ? [pid] : []));
  }

  async update(): Promise<void> {
    const slices = new Slices();
    const pids = (await readdir(this.#proc)).map(Number).filter((pid) => pid > 0);
    const seen = new Map<number, { readonly isOurs: boolean; readonly parent: number }>();
    for (const pid of pids.toSorted((a, b) => a - b)) {
      const before = this.#seen.get(pid);
      // A child of the host has the host's environment until it becomes a program.
      const isKnown = before !== undefined && (before.isOurs || before.parent !== process.pid);
      const entry = isKnown ? before : this.#look(pid, seen);
      if (entry !== undefined) seen.set(pid, entry);
      if (!isKnown) await slices.next();
    }
    this.#seen = seen;
  }

  #look(
    pid: number,
    seen: ReadonlyMap<number, { readonly isOurs: boolean }>,
  ): { readonly isOurs: boolean; readonly parent: number } | undefined {
    try {
      const stat = readFileSync(`${this.#proc}/${pid}/stat`, "latin1");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ", 2)[1]);
      if ((seen.get(parent) ?? this.#seen.get(parent))?.isOurs === true) {
        return { isOurs: true, parent };
      }
      const environment = readFileSync(`${this.#proc}/${pid}/environ`, "latin1");
      return { isOurs: `\0${environment}`.includes(this.#mark), parent };
    } catch (error) {
      // Another user's, for good; or it has ended, and will not be seen again.
      const isDenied = (error as NodeJS.ErrnoException).code === "EACCES";
      return isDenied ? { isOurs: false, parent: 0 } : undefined;
    }
  }
}

interface Holder {
  readonly pid: number;
  /** Where the process has the socket open, for as long as it has. */
  readonly link: string;
}

/** Which of the processes have these sockets: of several the first. */
async function findHolders(
  sockets: ReadonlySet<string>,
  pids: readonly number[],
  proc: string,
): Promise<Map<string, Holder>> {
  const slices = new Slices();
  const holders = new Map<string, Holder>();
  for (const pid of pids) {
    // Nothing is listed when it has ended meanwhile, or is another user's.
    for (const fd of await readdir(`${proc}/${pid}/fd`).catch(() => [])) {
      const link = `${proc}/${pid}/fd/${fd}`;
      const inode = socketAt(link);
      if (sockets.has(inode) && !holders.has(inode)) holders.set(inode, { pid, link });
      if (holders.size === sockets.size) return holders;
      await slices.next();
    }
  }
  return holders;
}

/** The inode of the socket that a process has open there, or nothing. */
function socketAt(link: string): string {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1] ?? "";
  } catch {
    return ""; // Closed meanwhile.
  }
}

/** Cuts long work, so that the event loop turns at least once in each slice. */
class Slices {
  #began = performance.now();

  /** Ask before each piece of work. */
  async next(): Promise<void> {
    if (performance.now() - this.#began < SLICE_MS) return;
    await setImmediate();
    this.#began = performance.now();
  }
}

/** How many sockets TCP has in use: those that listen and those with a connection. NaN is unknown. */
function countSockets(proc: string): number {
  const counters = ["sockstat", "sockstat6"].map((name) => tryRead(`${proc}/net/${name}`));
  const inUse = [...counters.join("\n").matchAll(/^TCP6?: inuse (\d+)/gm)];
  return inUse.length === 0 ? NaN : inUse.reduce((sum, [, count]) => sum + Number(count), 0);
}

interface Listening {
  readonly port: number;
  readonly address: string;
  readonly inode: string;
}

/** Sockets that listen, by inode. */
async function readTables(proc: string): Promise<Map<string, Listening>> {
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`${proc}/net/${name}`, "latin1").catch(() => "")),
  );
  return new Map(tables.flatMap(parseTable).map((socket) => [socket.inode, socket]));
}

const LISTEN = "0A";

function parseTable(table: string): Listening[] {
  return table
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      const [address = "", port = ""] = local.split(":");
      if (state !== LISTEN) return [];
      return [{ port: Number.parseInt(port, 16), address: parseAddress(address), inode }];
    });
}

/** Words of the machine's byte order in hexadecimal, one for IPv4 and four for IPv6. */
function parseAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).reverse(),
  );
  if (bytes.length === 4) return bytes.join(".");
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255;
  if (isMapped) return bytes.slice(12).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => {
    return (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16);
  });
  return groups.join(":").replace(/(^|:)(0(:|$)){2,}/, "::");
}

function commandOf(process: string): string[] {
  return tryRead(`${process}/cmdline`).split("\0").slice(0, -1);
}

/** Nothing when the process has ended meanwhile, or the kernel has no such file. */
function tryRead(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
