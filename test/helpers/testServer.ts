import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { silentLogger } from "#common/lib/log.ts";
import type { Clock } from "#common/lib/clock.ts";
import type { Container } from "#container/container.ts";
import { systemClock } from "#container/node/clock.ts";
import { createWebSocketEndpoint } from "#container/node/websocket.ts";
import type { Identity } from "#container/session.ts";

export interface TestServer {
  /** Where clients dial, without a path. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a container on 127.0.0.1; the token in the path of a connection says who it is. */
export async function startTestServer(
  container: Container,
  options: {
    readonly identify?: (token: string) => Identity;
    readonly clock?: Clock;
  } = {},
): Promise<TestServer> {
  const { identify = identityOf, clock = systemClock } = options;
  const endpoint = createWebSocketEndpoint({ clock, log: silentLogger });
  const server = createServer();
  server.on("upgrade", (request, socket, head) => {
    const token = decodeURIComponent(request.url?.split("/")[2] ?? "");
    endpoint.accept(request, socket, head, (transport) => {
      container.connect(transport, identify(token));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    async close() {
      await container.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Reads `role` or `role:name` from a token of a test. */
export function identityOf(token: string): Identity {
  const [role = "editor", name = role] = token.split(":");
  const isRole = role === "owner" || role === "viewer";
  return { userId: 1, name, role: isRole ? role : "editor", guest: true };
}
