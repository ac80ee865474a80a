import { createServer, request, type IncomingMessage } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";

/**
 * A reverse proxy as nginx is with the least configuration: `/tandem/` is taken off the path, the
 * upstream sees its own address in `Host`, and no header says what the browser used. Other names than
 * `tandem.*` are passed as they are.
 */
export interface ReverseProxy {
  readonly port: number;
  /** Where requests go. */
  upstream: number;
  close(): void;
}

export async function startReverseProxy(): Promise<ReverseProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((incoming, response) => {
    const target = targetOf(incoming, proxy.upstream);
    if (target === undefined) {
      response.writeHead(404).end("not below /tandem/");
      return;
    }
    const upstream = request({ ...target, method: incoming.method, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    upstream.on("error", () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end("Bad Gateway");
    });
    incoming.pipe(upstream);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  server.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    const target = targetOf(incoming, proxy.upstream);
    if (target === undefined) {
      socket.destroy();
      return;
    }
    const upstream = connect(target.port, target.host, () => {
      const lines = Object.entries(target.headers).map(
        ([name, value]) => `${name}: ${String(value)}`,
      );
      upstream.write(`GET ${target.path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy()).on("close", () => socket.destroy());
    socket.on("close", () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: ReverseProxy = {
    port: (server.address() as AddressInfo).port,
    upstream: 0,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  return proxy;
}

function targetOf({ url = "/", headers }: IncomingMessage, port: number) {
  const upstream = { host: "127.0.0.1", port };
  if (headers.host?.startsWith("tandem.") !== true) return { ...upstream, path: url, headers };
  if (!url.startsWith("/tandem/")) return undefined;
  const path = url.slice("/tandem".length);
  return { ...upstream, path, headers: { ...headers, host: `127.0.0.1:${port}` } };
}
