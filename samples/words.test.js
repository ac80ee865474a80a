import assert from "node:assert/strict";
import { test } from "node:test";
import { countWords } from "./words.js";

test("counts words whatever their case", () => {
  assert.deepEqual(countWords("To be or not to be"), [
    ["be", 2],
    ["to", 2],
    ["not", 1],
    ["or", 1],
  ]);
});

test("knows letters of every language", () => {
  assert.deepEqual(countWords("Äpfel, äpfel!"), [["äpfel", 2]]);
});

test("finds nothing in an empty text", () => {
  assert.deepEqual(countWords(""), []);
});
