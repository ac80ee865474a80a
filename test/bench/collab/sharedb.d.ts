// ShareDB and its stream have no declarations of their own; these are of what the bench uses.

declare module "sharedb" {
  import type { Duplex } from "node:stream";
  export default class ShareDB {
    static readonly types: { register(type: unknown): void };
    listen(stream: Duplex): void;
  }
}

declare module "sharedb/lib/client/index.js" {
  export interface Doc {
    readonly data: string;
    subscribe(callback: (error?: Error) => void): void;
    create(data: string, type: string, callback: (error?: Error) => void): void;
    submitOp(op: readonly (number | string)[]): void;
    on(event: "op", listener: (op: unknown, isOwn: boolean) => void): void;
  }
  export class Connection {
    constructor(socket: unknown);
    get(collection: string, id: string): Doc;
    close(): void;
  }
  export const types: { register(type: unknown): void };
}

declare module "@teamwork/websocket-json-stream" {
  import type { Duplex } from "node:stream";
  import type { WebSocket } from "ws";
  const WebSocketJSONStream: new (socket: WebSocket) => Duplex;
  export default WebSocketJSONStream;
}
