import { createReadStream, readdirSync, readFileSync, statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".gif": "image/gif",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Names that the build derives from the content never change their meaning. */
const HASHED = /^\/assets\/.+-[\w-]{8}\.\w+$/;

interface Asset {
  readonly file: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly etag: string;
  /** Compressed copies that the build has made, the best first. */
  readonly encodings: readonly {
    readonly name: string;
    readonly file: string;
    readonly sizeBytes: number;
  }[];
}

/**
 * The files of a built app. They are listed once, when the host starts, and nothing that is not on
 * the list is ever looked for, so that no path leads anywhere else (HT2).
 */
export class StaticFiles {
  readonly #assets = new Map<string, Asset>();

  constructor(folder: string) {
    const names = listFiles(folder);
    const all = new Set(names);
    for (const name of names) {
      if (/\.(br|gz)$/.test(name) && all.has(name.replace(/\.(br|gz)$/, ""))) continue;
      const file = path.join(folder, name);
      const url = `/${name.split(path.sep).join("/")}`;
      const encodings = [
        { name: "br", file: `${file}.br` },
        { name: "gzip", file: `${file}.gz` },
      ]
        .filter((encoding) => all.has(path.relative(folder, encoding.file)))
        .map((encoding) => ({ ...encoding, sizeBytes: statSync(encoding.file).size }));
      const type = types[path.extname(name)] ?? "application/octet-stream";
      this.#assets.set(url, { file, type, ...describe(file), encodings });
    }
  }

  /** The text of a file, for who has to look into it; undefined when it is not there. */
  read(url: string): string | undefined {
    const asset = this.#assets.get(url);
    return asset && readFileSync(asset.file, "utf8");
  }

  /** Answers a GET or HEAD for `url`; false when there is no such file. */
  serve(url: string, request: IncomingMessage, response: ServerResponse): boolean {
    const asset = this.#assets.get(url === "/" ? "/index.html" : url);
    if (asset === undefined) return false;
    response.setHeader("ETag", asset.etag);
    response.setHeader("Vary", "Accept-Encoding");
    response.setHeader(
      "Cache-Control",
      HASHED.test(url) ? "public, max-age=31536000, immutable" : "no-cache",
    );
    if (matches(request.headers["if-none-match"], asset.etag)) {
      response.writeHead(304).end();
      return true;
    }
    const accepted = request.headers["accept-encoding"] ?? "";
    const encoding = asset.encodings.find(({ name }) => accepts(accepted, name));
    const { file, sizeBytes } = encoding ?? asset;
    if (encoding !== undefined) response.setHeader("Content-Encoding", encoding.name);
    response.setHeader("Content-Type", asset.type);
    response.setHeader("Content-Length", sizeBytes);
    if (request.method === "HEAD") {
      response.end();
    } else {
      createReadStream(file)
        .on("error", () => response.destroy())
        .pipe(response);
    }
    return true;
  }
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  } catch {
    return []; // Not built.
  }
}

/** Weak, as the compressed copies share it. */
function describe(file: string): { readonly sizeBytes: number; readonly etag: string } {
  const { size, mtimeMs } = statSync(file);
  return { sizeBytes: size, etag: `W/"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"` };
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((tag) => tag.trim() === etag || tag.trim() === "*");
}

function accepts(header: string, encoding: string): boolean {
  return header.split(",").some((entry) => {
    const [name = "", ...parameters] = entry.split(";").map((part) => part.trim());
    return name === encoding && !parameters.includes("q=0");
  });
}
