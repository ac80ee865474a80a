// A page that everyone draws on together. Press Run, and it opens in the preview.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { acceptWebSocket } from "./web/websocket.js";

const port = Number(process.env.PORT ?? 3000);
const types = { html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css" };

// Everyone who looks at the page, and the last strokes, for those who come later.
const people = new Set();
const strokes = [];

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  const name = pathname === "/" ? "index.html" : pathname.slice(1);
  if (!/^[a-z]+\.(html|js|css)$/.test(name)) {
    response.writeHead(404).end("There is nothing here.\n");
    return;
  }
  try {
    // Read each time, so that a reload shows what you have just changed.
    const content = await readFile(new URL(`web/${name}`, import.meta.url));
    const type = types[name.split(".").pop()];
    response.writeHead(200, { "Content-Type": type, "Cache-Control": "no-store" }).end(content);
  } catch {
    response.writeHead(404).end("There is nothing here.\n");
  }
});

server.on("upgrade", (request, socket) => {
  const person = acceptWebSocket(request, socket, {
    onMessage(text) {
      strokes.push(text);
      if (strokes.length > 2000) strokes.shift();
      for (const other of people) if (other !== person) other.send(text);
    },
    onClose() {
      people.delete(person);
      console.log(`someone left, ${people.size} still here`);
    },
  });
  people.add(person);
  console.log(`someone came, ${people.size} here now`);
  for (const stroke of strokes) person.send(stroke);
});

server.listen(port, "127.0.0.1", () => console.log(`draw at http://localhost:${port}`));
