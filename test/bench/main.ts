import type { BenchRow } from "./row.ts";

/** Groups that can be named on the command line: `npm run bench -- ot terminal`. */
const groups: Readonly<Record<string, () => Promise<{ rows(): Promise<readonly BenchRow[]> }>>> = {
  ot: () => import("./ot.ts"),
  collab: () => import("./collab.ts"),
  history: () => import("./history.ts"),
  terminal: () => import("./terminal.ts"),
  host: () => import("./host.ts"),
  browser: () => import("./browser.ts"),
  carets: () => import("./carets.ts"),
};

const wanted = process.argv.slice(2).filter((name) => name in groups);
const misses: BenchRow[] = [];

for (const [name, load] of Object.entries(groups)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n${name}\n`);
  const group = await load();
  for (const row of await group.rows()) {
    if (!row.met) misses.push(row);
    process.stdout.write(format(row));
  }
}

process.stdout.write(`\n${misses.length} goals missed\n`);
process.exit(0);

function format(row: BenchRow): string {
  const peers = row.peers.map(
    ({ name, value }) => `${name} ${figure(value)} (×${figure(value / row.ours)})`,
  );
  const verdict = row.met ? "met " : "MISS";
  const note = row.note === undefined ? "" : `\n         ${row.note}`;
  return `  ${verdict}  ${row.work}: ${figure(row.ours)} ${row.unit}${
    peers.length === 0 ? "" : ` | ${peers.join(", ")}`
  } | goal ${row.goal}${note}\n`;
}

function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (value >= 1000) return Math.round(value).toLocaleString("en");
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
