import type { KeyObject } from "node:crypto";
import { parseArgs } from "node:util";
import { messageOf } from "#common/lib/errors.ts";
import type { LogLevel } from "#common/lib/log.ts";
import { fail, ok, type Result } from "#common/lib/result.ts";
import { defaultHome } from "./home.ts";
import { parsePublicKey } from "./keys.ts";
import { parsePreviewNames, type PreviewNames } from "./preview/previewNames.ts";

export interface HostOptions {
  /** The folder to open; undefined for the sample project. */
  readonly folder: string | undefined;
  /** Undefined: 4000, or the next free one. */
  readonly port: number | undefined;
  readonly address: string;
  readonly cluster: string;
  /** Keys beside the host's own that may sign tokens, by id. */
  readonly trustedKeys: ReadonlyMap<string, KeyObject>;
  readonly home: string;
  readonly openBrowser: boolean;
  readonly trustProxy: boolean;
  /** Undefined: previews are found on ports of the host. */
  readonly previewNames: PreviewNames | undefined;
  readonly logLevel: LogLevel;
}

export type Request =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | { readonly kind: "host"; readonly options: HostOptions };

export const usage = `Usage: npm start -- [folder] [options]

Opens a folder in the browser, to edit and run it together.
Without a folder, a sample project is opened.

  --port N                 Listen on port N. Default: 4000, or the next free one.
  --host ADDRESS           Listen on this address. Default: 127.0.0.1, this machine only.
  --no-open                Do not open the browser.
  --home DIR               Where Tandem keeps its own data. Default: ${defaultHome()}
  --cluster NAME           The cluster that tokens must be for. Default: local.
  --trust-key KEYID=KEY    Take tokens signed by this key: a raw 32-byte Ed25519 public key in
                           base64. May be given more than once.
  --trust-proxy            Believe X-Forwarded-* headers from any address.
  --preview-url PATTERN    Where browsers find previews behind a reverse proxy, such as
                           https://{port}.preview.example.org. All such names lead to the
                           host's own port.
  --verbose                Say on standard error what happens, not only what goes wrong.
  --help, --version        Print this, or the version.
`;

/** What a command line asks for, or in a sentence what is wrong with it. */
export function parseCommandLine(args: readonly string[]): Result<Request, string> {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        port: { type: "string" },
        host: { type: "string", default: "127.0.0.1" },
        "no-open": { type: "boolean", default: false },
        home: { type: "string" },
        cluster: { type: "string", default: "local" },
        "trust-key": { type: "string", multiple: true, default: [] },
        "trust-proxy": { type: "boolean", default: false },
        "preview-url": { type: "string" },
        verbose: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
        version: { type: "boolean", short: "v", default: false },
      },
    });
  } catch (error) {
    // Node adds a hint on how to pass a file that begins with a dash, which nobody meant.
    return fail(messageOf(error).split(". ", 1)[0]?.replace(/\.?$/, ".") ?? "");
  }
  const { values, positionals } = parsed;
  if (values.help) return ok({ kind: "help" });
  if (values.version) return ok({ kind: "version" });
  if (positionals.length > 1) {
    return fail(`One folder can be opened, but ${positionals.length} were given.`);
  }
  const port = parsePort(values.port);
  if (!port.ok) return port;
  const trustedKeys = parseKeys(values["trust-key"]);
  if (!trustedKeys.ok) return trustedKeys;
  const pattern = values["preview-url"];
  const previewNames = pattern === undefined ? ok(undefined) : parsePreviewNames(pattern);
  if (!previewNames.ok) return previewNames;
  if (values.cluster === "") return fail("--cluster needs a name.");
  return ok({
    kind: "host",
    options: {
      folder: positionals[0],
      port: port.value,
      address: values.host,
      cluster: values.cluster,
      trustedKeys: trustedKeys.value,
      home: values.home ?? defaultHome(),
      openBrowser: !values["no-open"],
      trustProxy: values["trust-proxy"],
      previewNames: previewNames.value,
      logLevel: values.verbose ? "debug" : "warn",
    },
  });
}

function parsePort(text: string | undefined): Result<number | undefined, string> {
  if (text === undefined) return ok(undefined);
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return ok(port);
  return fail(`--port takes a number from 0 to 65535, not "${text}".`);
}

function parseKeys(entries: readonly string[]): Result<ReadonlyMap<string, KeyObject>, string> {
  const keys = new Map<string, KeyObject>();
  for (const entry of entries) {
    // Not at the last `=`: base64 may end in some.
    const [, id = "", base64 = ""] = /^([^=]+)=(.+)$/.exec(entry) ?? [];
    const key = parsePublicKey(base64);
    if (key === undefined) {
      return fail(`--trust-key takes KEYID=KEY, the key being 32 bytes in base64, not "${entry}".`);
    }
    keys.set(id, key);
  }
  return ok(keys);
}
