// Checks the arrows of ARCHITECTURE.md, and that the checker has seen every module: without a
// parser for TypeScript it would read nothing and be content.
import { cruise } from "dependency-cruiser";
import extractConfig from "dependency-cruiser/config-utl/extract-depcruise-config";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

const roots = ["src", "common", "container", "test", "e2e", "tools"].filter(existsSync);
const { options, ...ruleSet } = await extractConfig("./.dependency-cruiser.cjs");
const { output } = await cruise(roots, { ...options, ruleSet, validate: true });

const seen = new Set(output.modules.map(({ source }) => source));
const files = execFileSync("find", [...roots, "-name", "*.ts", "-o", "-name", "*.tsx"], {
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && !file.endsWith(".d.ts"));
const unseen = files.filter((file) => !seen.has(file));

for (const { rule, from, to } of output.summary.violations) {
  process.stdout.write(`${rule.name}: ${from} → ${to}\n`);
}
if (unseen.length > 0) process.stdout.write(`not read: ${unseen.join(", ")}\n`);
process.stdout.write(
  `bounds: ${seen.size} modules, ${output.summary.violations.length} violations\n`,
);
process.exit(output.summary.violations.length + unseen.length === 0 ? 0 : 1);
