// Counts the words of a text: node words.js README.md
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

/** How often each word occurs, the commonest first. */
export function countWords(text) {
  const counts = new Map();
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const path = argv[2] ?? "README.md";
  for (const [word, count] of countWords(readFileSync(path, "utf8")).slice(0, 10)) {
    console.log(String(count).padStart(4), word);
  }
}
