import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { mergePorts, type ListPorts } from "./listing.ts";

/**
 * Reading the table of all sockets takes the kernel some 10 ms, so it is read only after the sockets
 * of our programs have changed; a few times, since a socket listens a little after it is made.
 */
const READS_AFTER_CHANGE = 3;

/** Lists ports from `/proc`: sockets that listen, and that programs of the repl have open. */
export function linuxListing(replId: string): ListPorts {
  const programs = new Programs(replId);
  let sockets = new Map<string, number>();
  let readsLeft = 0;
  let listening: readonly Listening[] = [];

  return async () => {
    const now = socketsOf(programs.list());
    const isChanged = now.size !== sockets.size || [...now.keys()].some((id) => !sockets.has(id));
    sockets = now;
    if (isChanged) readsLeft = READS_AFTER_CHANGE;
    if (readsLeft > 0) {
      readsLeft--;
      listening = await readTables();
    }
    const ports = listening.flatMap(({ port, address, inode }) => {
      const pid = sockets.get(inode);
      return pid === undefined ? [] : [{ port, address, pid, command: commandOf(pid) }];
    });
    return mergePorts(ports);
  };
}

/** The processes of a repl: those whose environment says so, and what these have started. */
class Programs {
  readonly #mark: string;
  /** By pid; a process that has been looked at is not looked at again. */
  #seen = new Map<number, { readonly isOurs: boolean; readonly parent: number }>();

  constructor(replId: string) {
    this.#mark = `\0REPL_ID=${replId}\0`;
  }

  list(): number[] {
    const seen = new Map<number, { readonly isOurs: boolean; readonly parent: number }>();
    for (const name of readdirSync("/proc")) {
      const pid = Number(name);
      if (!(pid > 0)) continue;
      const before = this.#seen.get(pid);
      // A child of the host has the host's environment until it becomes a program.
      const isKnown = before !== undefined && (before.isOurs || before.parent !== process.pid);
      const entry = isKnown ? before : this.#look(pid);
      if (entry !== undefined) seen.set(pid, entry);
    }
    this.#seen = seen;
    return [...seen].flatMap(([pid, { isOurs }]) => (isOurs ? [pid] : []));
  }

  #look(pid: number): { readonly isOurs: boolean; readonly parent: number } | undefined {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ", 2)[1]);
      if (this.#seen.get(parent)?.isOurs === true) return { isOurs: true, parent };
      const environment = readFileSync(`/proc/${pid}/environ`, "latin1");
      return { isOurs: `\0${environment}`.includes(this.#mark), parent };
    } catch (error) {
      // Another user's, for good; or it has ended, and will not be seen again.
      const isDenied = (error as NodeJS.ErrnoException).code === "EACCES";
      return isDenied ? { isOurs: false, parent: 0 } : undefined;
    }
  }
}

/** The sockets that processes have open, by inode, each with one of those. */
function socketsOf(pids: readonly number[]): Map<string, number> {
  const sockets = new Map<string, number>();
  for (const pid of pids) {
    for (const fd of tryList(`/proc/${pid}/fd`)) {
      const target = tryLink(`/proc/${pid}/fd/${fd}`);
      if (target.startsWith("socket:[")) sockets.set(target.slice(8, -1), pid);
    }
  }
  return sockets;
}

interface Listening {
  readonly port: number;
  readonly address: string;
  readonly inode: string;
}

async function readTables(): Promise<Listening[]> {
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((table) => readFile(table, "latin1").catch(() => "")),
  );
  return tables.flatMap(parseTable);
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

function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  } catch {
    return []; // It has ended meanwhile.
  }
}

function tryList(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // Ended meanwhile, or another user's.
  }
}

function tryLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // Closed meanwhile.
  }
}
