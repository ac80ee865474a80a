import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { linuxListing } from "./linux.ts";

interface Program {
  readonly parent?: number;
  readonly environment?: string;
  readonly command?: string;
  /** Inodes of the sockets that it has open. */
  readonly sockets?: readonly number[];
}

let proc = "";

/** As the kernel shows a program; the name of every one is meant to confuse. */
function run(pid: number, { parent = 1, environment = "", command = "", sockets }: Program): void {
  const folder = join(proc, String(pid));
  mkdirSync(join(folder, "fd"), { recursive: true });
  writeFileSync(join(folder, "stat"), `${pid} (a) S 7) S ${parent} ${pid} ${pid} 0 -1`);
  writeFileSync(join(folder, "environ"), environment);
  writeFileSync(join(folder, "cmdline"), command);
  symlinkSync("/dev/null", join(folder, "fd", "0"));
  for (const [i, inode] of (sockets ?? []).entries()) {
    symlinkSync(`socket:[${inode}]`, join(folder, "fd", String(i + 3)));
  }
  writeFileSync(join(proc, "loadavg"), `0.10 0.20 0.30 1/80 ${pid}\n`);
}

function end(pid: number): void {
  rmSync(join(proc, String(pid)), { recursive: true });
}

/** The sockets that listen on 127.0.0.1, by inode with their port, beside one that has a connection. */
function listen(ports: Readonly<Record<number, number>>, inUse: number): void {
  const line = (inode: number, port: number, state: string): string =>
    ` 0: 0100007F:${port.toString(16).toUpperCase()} 00000000:0000 ${state} 0:0 0:0 0 0 0 ${inode} 1`;
  const lines = Object.entries(ports).map(([inode, port]) => line(Number(inode), port, "0A"));
  const table = ["  sl  local_address rem_address st", ...lines, line(77, 9999, "01"), ""].join(
    "\n",
  );
  writeFileSync(join(proc, "net", "tcp"), table);
  writeFileSync(
    join(proc, "net", "sockstat"),
    `sockets: used 9\nTCP: inuse ${inUse} orphan 0 tw 4\n`,
  );
}

const ours = "PATH=/bin\0REPL_ID=abc\0TERM=xterm\0";

beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), "tandem-proc-"));
  mkdirSync(join(proc, "net"));
});

afterEach(() => {
  rmSync(proc, { recursive: true });
});

describe("ports in /proc", () => {
  it("[PO1] [PO2] are those of programs with the repl's mark, and of what they have started", async () => {
    run(20, { environment: ours, command: "vite\0--port\x003000\0", sockets: [5] });
    run(21, { parent: 20, environment: "PATH=/bin\0", sockets: [6, 77] });
    run(30, { environment: "XREPL_ID=abc\0REPL_ID=abcd\0", sockets: [7] });
    listen({ 5: 3000, 6: 3001, 7: 3002 }, 4);
    expect(await linuxListing("abc", proc)()).toEqual([
      { port: 3000, address: "127.0.0.1", pid: 20, command: ["vite", "--port", "3000"] },
      { port: 3001, address: "127.0.0.1", pid: 21, command: [] },
    ]);
  });

  it("[PO1] are those of a program, too, that has left its parents before it listens", async () => {
    const list = linuxListing("abc", proc);
    run(20, { environment: ours });
    run(21, { parent: 20 });
    listen({}, 1);
    expect(await list()).toEqual([]);
    end(20);
    end(21);
    run(21, { parent: 1, sockets: [5] });
    listen({ 5: 3000 }, 2);
    expect(await list()).toMatchObject([{ port: 3000, pid: 21 }]);
  });

  it("stay with the oldest program that has the socket, then are the next one's", async () => {
    const list = linuxListing("abc", proc);
    run(20, { environment: ours, sockets: [5] });
    run(21, { parent: 20, sockets: [5] });
    listen({ 5: 3000 }, 2);
    expect(await list()).toMatchObject([{ port: 3000, pid: 20 }]);
    end(20);
    expect(await list()).toMatchObject([{ port: 3000, pid: 21 }]);
    end(21);
    listen({}, 1);
    expect(await list()).toEqual([]);
  });

  it("are found when there are more sockets, and those that hide behind others soon after", async () => {
    const list = linuxListing("abc", proc);
    run(20, { environment: ours, sockets: [5, 6, 8] });
    listen({ 5: 3000 }, 2);
    expect(await list()).toMatchObject([{ port: 3000 }]);
    listen({ 5: 3000, 6: 3001 }, 3);
    expect(await list()).toMatchObject([{ port: 3000 }, { port: 3001 }]);
    listen({ 5: 3000, 8: 3002 }, 3); // One has gone, though its program keeps it open.
    let lists = 0;
    while (!(await list()).some(({ port }) => port === 3002)) lists++;
    expect(lists).toBeLessThan(10);
    expect(await list()).toMatchObject([{ port: 3000 }, { port: 3002 }]);
  });

  it("are looked for each time where the kernel does not count sockets", async () => {
    const list = linuxListing("abc", proc);
    run(20, { environment: ours, sockets: [5] });
    listen({}, 1);
    rmSync(join(proc, "net", "sockstat"));
    expect(await list()).toEqual([]);
    listen({ 5: 3000 }, 1);
    rmSync(join(proc, "net", "sockstat"));
    expect(await list()).toMatchObject([{ port: 3000 }]);
  });
});
