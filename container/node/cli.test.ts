import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseCommandLine, usage, type HostOptions } from "./cli.ts";
import { defaultHome } from "./home.ts";

function optionsOf(...args: string[]): HostOptions {
  const parsed = parseCommandLine(args);
  if (!parsed.ok || parsed.value.kind !== "host") throw new Error("no options");
  return parsed.value.options;
}

test("a bare command line asks for the defaults", () => {
  expect(optionsOf()).toEqual({
    folder: undefined,
    port: undefined,
    address: "127.0.0.1",
    cluster: "local",
    trustedKeys: new Map(),
    home: defaultHome(),
    openBrowser: true,
    trustProxy: false,
    previewNames: undefined,
    logLevel: "warn",
  });
});

test("keys may be given more than once, and their base64 may end in an equals sign", () => {
  const raw = () =>
    generateKeyPairSync("ed25519").publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const keys = [raw(), raw()];
  const flags = keys.flatMap((key, i) => ["--trust-key", `dev:${i}=${key.toString("base64")}`]);
  const { trustedKeys } = optionsOf(...flags);
  expect([...trustedKeys.keys()]).toEqual(["dev:0", "dev:1"]);
  expect([...trustedKeys.values()].map((key) => key.export({ format: "jwk" })["x"])).toEqual(
    keys.map((key) => key.toString("base64url")),
  );
});

test.each<[string, readonly string[], RegExp]>([
  ["an unknown flag", ["--fold"], /^Unknown option '--fold'\.$/],
  ["a flag without its value", ["--home"], /--home/],
  [
    "a port that is too large",
    ["--port", "70000"],
    /--port takes a number from 0 to 65535, not "70000"/,
  ],
  ["a port that is no number", ["--port", "4e3"], /not "4e3"/],
  ["two folders", ["a", "b"], /One folder can be opened/],
  ["a key without an id", ["--trust-key", "AAAA"], /--trust-key takes KEYID=KEY/],
  ["a key that is too short", ["--trust-key", "k=AAAA"], /32 bytes in base64/],
  ["a value for a switch", ["--no-open=yes"], /--no-open/],
  ["an address without a port's place", ["--preview-url", "https://a.example"], /\{port\} in it/],
  ["two such places", ["--preview-url", "https://{port}.a.example:{port}"], /--preview-url takes/],
  ["an address with a path", ["--preview-url", "https://a.example/{port}"], /--preview-url takes/],
  ["an empty cluster", ["--cluster", ""], /--cluster/],
])("[HO3] %s is one sentence", (_, args, why) => {
  const parsed = parseCommandLine(args);
  expect(parsed).toMatchObject({ ok: false, error: expect.stringMatching(why) as string });
  expect(parsed).toMatchObject({ error: expect.stringMatching(/^[^\n]+\.$/) as string });
});

test("the help names every flag", () => {
  for (const flag of [
    "port",
    "host",
    "no-open",
    "home",
    "cluster",
    "trust-key",
    "trust-proxy",
    "preview-url",
  ]) {
    expect(usage).toContain(`--${flag}`);
  }
});

test("[HO4] the home is where the platform keeps data, unless it is named", () => {
  expect(defaultHome({}, "linux", "/u")).toBe(join("/u", ".local", "share", "tandem"));
  expect(defaultHome({ XDG_DATA_HOME: "/data" }, "linux", "/u")).toBe("/data/tandem");
  expect(defaultHome({ XDG_DATA_HOME: "data" }, "linux", "/u")).toBe("/u/.local/share/tandem");
  expect(defaultHome({}, "darwin", "/u")).toBe("/u/Library/Application Support/Tandem");
  expect(defaultHome({ APPDATA: "/u/Roaming" }, "win32", "/u")).toBe("/u/Roaming/Tandem");
  expect(defaultHome({ TANDEM_HOME: "/t", XDG_DATA_HOME: "/data" }, "linux", "/u")).toBe("/t");
});
