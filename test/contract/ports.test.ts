import { connect, createServer, type AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { silentLogger } from "#common/lib/log.ts";
import { systemClock } from "#container/node/clock.ts";
import { createPortWatcher } from "#container/node/ports.ts";
import { mergePorts } from "#container/node/ports/listing.ts";
import type { OpenPort } from "#container/platform.ts";
import { exec } from "#container/services/exec.ts";
import { startDiskRepl } from "#test/helpers/diskRepl.ts";

const forwarded: number[] = [];

async function start(forward?: (port: OpenPort) => Promise<number>) {
  const ports = createPortWatcher({
    replId: "repl",
    clock: systemClock,
    log: silentLogger,
    ...(forward === undefined ? {} : { forward }),
    unforward: ({ port }) => void forwarded.push(port),
  });
  const repl = await startDiskRepl([exec], { ports });
  const client = await repl.join();
  await client.announceHasCap();
  const { id } = await client.open("exec");
  const run = (...args: string[]): void =>
    client.send(id, { case: "exec", value: { args, blocking: false } });
  return { client, run };
}

/** A program that listens on a port of the system's choice until somebody connects. */
const LISTEN = "s=require('net').createServer(c=>{c.destroy();s.close()}).listen(0,'127.0.0.1')";

function endListening(port: number): void {
  connect(port, "127.0.0.1").on("error", () => {}); // It may end before it has answered.
}

describe("ports", () => {
  it("[PO1] are told when a program listens, and when it does no more", async () => {
    const { client, run } = await start();
    run("node", "-e", LISTEN);
    const opened = await client.next("portOpen", 0);
    expect(opened).toMatchObject({ address: "127.0.0.1", forwarded: false });
    expect(opened.cmdline[0]).toMatch(/node$/);
    expect(opened.cmdline[1]).toBe("-e");
    endListening(opened.port);
    const closed = await client.next("portClose", 0);
    expect(closed.port).toBe(opened.port);
  });

  it("[PO1] of a program that has left its parents are told too", async () => {
    const { client, run } = await start();
    run("sh", "-c", `(setsid node -e "${LISTEN}" &) & exit 0`);
    const opened = await client.next("portOpen", 0);
    endListening(opened.port);
    const closed = await client.next("portClose", 0);
    expect(closed.port).toBe(opened.port);
  });

  it("[PO2] of others are not told", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { client, run } = await start();
    run("node", "-e", LISTEN);
    const opened = await client.next("portOpen", 0);
    endListening(opened.port);
    await client.next("portClose", 0);
    const { port } = server.address() as AddressInfo;
    const told = client.received.filter(({ body }) => body.case === "portOpen");
    server.close();
    expect(told).toEqual([]);
    expect(opened.port).not.toBe(port);
  });

  it("[PO3] are told once the host shows them", async () => {
    const { client, run } = await start(({ port }) => Promise.resolve(port + 1));
    run("node", "-e", LISTEN);
    const { port, externalPort, forwarded: isForwarded } = await client.next("portOpen", 0);
    expect([isForwarded, externalPort]).toEqual([true, port + 1]);
    endListening(port);
    await client.next("portClose", 0);
    expect(forwarded).toContain(port);
  });

  it("[PO4] are told once, with the widest address", () => {
    const on = (port: number, address: string): OpenPort => ({ port, address });
    const ports = [on(1, "127.0.0.1"), on(2, "::1"), on(1, "0.0.0.0"), on(1, "10.0.0.1")];
    expect(mergePorts(ports)).toEqual([on(1, "0.0.0.0"), on(2, "::1")]);
  });
});
