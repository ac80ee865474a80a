import type { OpenPort } from "../../platform.ts";

/** Finds out what programs of one repl listen on at the moment, a port at most once. */
export type ListPorts = () => Promise<readonly OpenPort[]>;

/** How far an address can be reached from; a program that listens on several means the widest. */
function rank({ address }: OpenPort): number {
  if (address === "0.0.0.0") return 0;
  if (address === "::") return 1;
  return address.startsWith("127.") || address === "::1" ? 3 : 2;
}

/** Makes one of the several addresses that a port is listened on. */
export function mergePorts(ports: readonly OpenPort[]): OpenPort[] {
  const byPort = new Map<number, OpenPort>();
  for (const port of ports) {
    const before = byPort.get(port.port);
    if (before === undefined || rank(port) < rank(before)) byPort.set(port.port, port);
  }
  return [...byPort.values()];
}
