import { request as connect, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { requestHeaders, responseHeaders, type Names } from "./headers.ts";

/** Where a program listens, and what everybody calls it. */
export interface Target {
  readonly address: string;
  readonly names: Names;
  /** Origin of the app that shows it. */
  readonly app: string;
}

/** Passes one request on. `unreachable` is called when no program took it; nothing was sent then. */
export function proxyRequest(
  request: IncomingMessage,
  response: ServerResponse,
  target: Target,
  unreachable: () => void,
): void {
  const { names, app } = target;
  const upstream = connect(optionsFor(request, target));
  upstream.on("response", (answer) => {
    const { statusCode = 502, statusMessage, rawHeaders } = answer;
    response.writeHead(statusCode, statusMessage, responseHeaders(rawHeaders, names, app));
    // Event streams are silent at first, and the browser waits for the headers.
    response.flushHeaders();
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  upstream.on("error", () => {
    if (response.headersSent) response.destroy();
    else unreachable();
  });
  response.on("close", () => upstream.destroy());
  request.pipe(upstream);
}

/** Passes a WebSocket on, or whatever else the browser upgrades to. */
export function proxyUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  target: Target,
): void {
  const { headers, ...options } = optionsFor(request, target);
  const { upgrade = "websocket" } = request.headers;
  const upstream = connect({
    ...options,
    headers: [...headers, "Connection", "Upgrade", "Upgrade", upgrade],
  });
  const end = (): void => {
    upstream.destroy();
    socket.destroy();
  };
  socket.on("error", end);
  upstream.on("error", end);
  upstream.on("upgrade", (answer, program: Duplex, programHead: Buffer) => {
    program.on("error", end);
    program.on("close", () => socket.destroy());
    socket.on("close", () => program.destroy());
    writeHead(socket, answer, answer.rawHeaders);
    socket.write(programHead);
    program.write(head);
    program.pipe(socket).pipe(program);
  });
  // It would rather not.
  upstream.on("response", (answer) => {
    const kept = responseHeaders(answer.rawHeaders, target.names, target.app);
    writeHead(socket, answer, [...kept, "Connection", "close"]);
    answer.pipe(socket);
  });
  upstream.end();
}

function optionsFor(request: IncomingMessage, { address, names }: Target) {
  return {
    host: address,
    port: names.port,
    method: request.method,
    path: request.url,
    headers: requestHeaders(request.rawHeaders, names),
    // A connection of its own: a program that dies takes no other request with it.
    agent: false,
  } as const;
}

function writeHead(socket: Duplex, answer: IncomingMessage, headers: readonly string[]): void {
  const lines = [`HTTP/1.1 ${answer.statusCode ?? 502} ${answer.statusMessage ?? ""}`];
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
}
