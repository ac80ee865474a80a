import { createPublicKey } from "node:crypto";
import type { Server } from "node:http";
import path from "node:path";
import type { Logger } from "#common/lib/log.ts";
import { fail, ok, type Result } from "#common/lib/result.ts";
import { Api, inviteLink } from "./api.ts";
import type { HostOptions } from "./cli.ts";
import { systemClock as clock } from "./clock.ts";
import { systemCode } from "./fileError.ts";
import { Gate } from "./gate.ts";
import { Home } from "./home.ts";
import { createHttpServer } from "./http.ts";
import { Invites } from "./invites.ts";
import { openHostKey } from "./keys.ts";
import { listen, listenFrom } from "./listen.ts";
import { Previews } from "./preview/previews.ts";
import { Repls } from "./repls.ts";
import { sampleIn } from "./sample.ts";
import { startContainer } from "./startContainer.ts";
import { StaticFiles } from "./staticFiles.ts";
import { createWebSocketEndpoint } from "./websocket.ts";

const DEFAULT_PORT = 4000;

/** A host that answers. */
export interface Host {
  /** The link that lets its owner in. */
  readonly link: string;
  /** Sends everyone away, stops what runs, and resolves when all is on disk. */
  close(): Promise<void>;
}

/** What a host is started with besides its options. */
export interface Installation {
  /** Where Tandem is installed. */
  readonly root: string;
  readonly version: string;
  readonly log: Logger;
}

/** Starts a host, or says in a sentence why it cannot. */
export async function startHost(
  options: HostOptions,
  installation: Installation,
): Promise<Result<Host, string>> {
  const home = await Home.open(options.home);
  if (!home.ok) return home;
  const host = await startAt(home.value, options, installation);
  if (!host.ok) home.value.release();
  return host;
}

async function startAt(
  home: Home,
  options: HostOptions,
  { root, version, log }: Installation,
): Promise<Result<Host, string>> {
  const { cluster, trustProxy, address } = options;
  const signer = openHostKey(home.keyFile);
  const trusted = new Map([...options.trustedKeys, [signer.id, createPublicKey(signer.key)]]);
  const invites = new Invites();
  const previews = new Previews({
    clock,
    key: signer.key,
    address,
    firstPort: firstPreviewPort(options.port),
    names: options.previewNames,
    trustProxy,
  });
  const repls = new Repls({
    home,
    clock,
    log,
    start: async (record) => startContainer(record, home.replFolder(record.id), { previews, log }),
  });

  await repls.sweep();
  const folder = options.folder ?? (await sampleIn(home, path.join(root, "samples")));
  const repl = await repls.openFolder(folder);
  if (!repl.ok) return repl;
  const secrets = invites.open(repl.value.id, home.replFolder(repl.value.id));

  const gate = new Gate({ clock, log, repls, rules: { cluster, trusted } });
  const endpoint = createWebSocketEndpoint({ clock, log });
  const server = createHttpServer({
    api: new Api({
      clock,
      repls,
      invites,
      cluster,
      signer,
      trustProxy,
      version,
      previews,
    }),
    files: new StaticFiles(path.join(root, "dist", "app")),
    log,
    trustProxy,
    previews,
    previewNames: options.previewNames,
    onWebSocket: (request, socket, head, token) =>
      endpoint.accept(request, socket, head, (transport) => gate.enter(transport, token)),
  });
  const port = await tryListen(server, address, options.port);
  if (!port.ok) return port;
  const url = `http://${hostnameFor(address)}:${port.value}/`;
  home.announce(url);

  return ok({
    link: inviteLink(url, secrets.owner),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      await repls.close();
      await previews.closeAll();
      server.closeAllConnections();
      await closed;
      home.release();
    },
  });
}

/** A little apart from the host's own, where programs seldom listen. Any, when the host's is any. */
function firstPreviewPort(port = DEFAULT_PORT): number {
  return port === 0 ? 0 : port + 10;
}

/** A port that was asked for is used or none; otherwise the next free one will do. */
async function tryListen(
  server: Server,
  address: string,
  port: number | undefined,
): Promise<Result<number, string>> {
  try {
    return ok(
      port === undefined
        ? await listenFrom(server, address, DEFAULT_PORT)
        : await listen(server, address, port),
    );
  } catch (error) {
    const why = listenErrors[systemCode(error) ?? ""];
    if (why === undefined) throw error;
    return fail(why(address, port ?? DEFAULT_PORT));
  }
}

const listenErrors: Readonly<Record<string, (address: string, port: number) => string>> = {
  EADDRINUSE: (_, port) => `Port ${port} is in use by another program.`,
  EACCES: (_, port) => `This user may not listen on port ${port}.`,
  EADDRNOTAVAIL: (address) => `${address} is no address of this machine.`,
  ENOTFOUND: (address) => `${address} is no address of this machine.`,
};

/** How this machine itself reaches a server that listens on `address`. */
function hostnameFor(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  if (address === "::") return "[::1]";
  return address.includes(":") ? `[${address}]` : address;
}
