import type { Server } from "node:net";
import { systemCode } from "./fileError.ts";

/** How many ports after the wanted one are tried. */
const TRIES = 100;

/** Listens on `port`, or fails. Resolves with the port, which differs when `port` is 0. */
export function listen(server: Server, address: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => {
      server.off("error", reject);
      const bound = server.address();
      resolve(typeof bound === "object" && bound !== null ? bound.port : port);
    });
  });
}

/** Listens on the first free port from `first` on. */
export async function listenFrom(server: Server, address: string, first: number): Promise<number> {
  for (let port = first; ; port += 1) {
    try {
      return await listen(server, address, port);
    } catch (error) {
      const isTaken = systemCode(error) === "EADDRINUSE";
      if (!isTaken || port >= Math.min(first + TRIES, 65_535)) throw error;
    }
  }
}
