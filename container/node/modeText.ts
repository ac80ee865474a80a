/** Letters of the kinds of entries, by the bits of the mode that hold them. */
const kinds: Readonly<Record<number, string>> = {
  0o010000: "p",
  0o020000: "c",
  0o040000: "d",
  0o060000: "b",
  0o100000: "-",
  0o120000: "l",
  0o140000: "s",
};

/** A mode as `ls -l` prints it, such as `-rw-r--r--`. */
export function modeText(mode: number): string {
  const letters = [kinds[mode & 0o170000] ?? "?"];
  for (const [shift, special, letter] of [
    [6, 0o4000, "s"],
    [3, 0o2000, "s"],
    [0, 0o1000, "t"],
  ] as const) {
    const bits = mode >> shift;
    const executable = (bits & 1) !== 0;
    letters.push((bits & 4) === 0 ? "-" : "r", (bits & 2) === 0 ? "-" : "w");
    if ((mode & special) === 0) letters.push(executable ? "x" : "-");
    else letters.push(executable ? letter : letter.toUpperCase());
  }
  return letters.join("");
}
