import { existsSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { accepts } from "#common/wire/body.ts";

/** Slices whose container service is still to come: opening one answers ERROR. */
const toCome = new Set([
  "eval",
  "packager",
  "lsp",
  "lint",
  "unittest",
  "debugger",
  "socket",
  "snapshot",
  "vcr",
  "metrics",
  "pprof",
  "audio",
]);

/** Slices that are told by a composite pane or another slice's state; see ARCHITECTURE.md. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  control: ["container/services", "src/components"],
  fsevents: ["src/store", "src/components"],
  ot: ["src/components"],
  metadata: ["src/components"],
  exec: ["src/store", "src/components"],
};

const folders = [
  "container/services",
  "src/protocol/services",
  "src/store",
  "src/components",
] as const;

const slices = Object.keys(accepts).filter((slice) => !toCome.has(slice));

test.each(slices)("slice %s has its file in every layer", (slice) => {
  const missing = folders
    .filter((folder) => !exceptions[slice]?.includes(folder))
    .filter((folder) => !existsSync(`${folder}/${slice}`) && !existsSync(`${folder}/${slice}.ts`));
  expect(missing).toEqual([]);
});

test("no service file belongs to no slice", () => {
  const known = new Set(Object.keys(accepts));
  const strays = ["container/services", "src/protocol/services"].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /^[a-z]+\.ts$/i.test(name))
      .map((name) => name.replace(".ts", ""))
      .filter((name) => !known.has(name)),
  );
  expect(strays).toEqual([]);
});
