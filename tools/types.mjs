// Type-checks every environment with its own libraries. See tsconfig.base.json.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

const projects = [
  "common",
  "container",
  "container/node",
  "src",
  "src/offline",
  "src/protocol/services",
  "src/protocol/worker",
  "test",
].filter((project) => existsSync(`${project}/tsconfig.json`));

const results = await Promise.all(
  projects.map(
    (project) =>
      new Promise((resolve) => {
        const child = spawn("npx", ["tsc", "-p", project, "--pretty", "false"], {
          stdio: ["ignore", "pipe", "inherit"],
        });
        let output = "";
        child.stdout.on("data", (chunk) => (output += chunk));
        child.on("close", (code) => resolve({ project, code, output }));
      }),
  ),
);

for (const { project, code, output } of results) {
  if (code !== 0) process.stdout.write(`${project}\n${output}`);
}
process.exit(results.every(({ code }) => code === 0) ? 0 : 1);
