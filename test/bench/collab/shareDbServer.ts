// A process of its own: ShareDB with its documents in memory. Tells its parent its port.
import WebSocketJSONStream from "@teamwork/websocket-json-stream";
import type { AddressInfo } from "node:net";
import * as textUnicode from "ot-text-unicode";
import ShareDB from "sharedb";
import { WebSocketServer } from "ws";

ShareDB.types.register(textUnicode.type);
const backend = new ShareDB();
const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
server.on("connection", (socket) => backend.listen(new WebSocketJSONStream(socket)));
server.on("listening", () => process.send?.((server.address() as AddressInfo).port));
