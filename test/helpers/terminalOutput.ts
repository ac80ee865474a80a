import { randomBelow, type Random } from "#common/lib/random.ts";

/** Kinds of output, each with how often it comes; lines of text are most of any. */
const kinds: readonly (readonly [weight: number, make: (random: Random) => string])[] = [
  [30, (random) => `${word(random, 12)}\r\n`],
  [6, (random) => `${word(random, 50)}\r\n`],
  [4, (random) => word(random, 30)],
  [2, () => "\n"],
  [2, () => "\r"],
  [2, () => "\t"],
  [10, (random) => `\x1b[${style(random)}m`],
  [2, (random) => `\x1b[${pick(random, ["", "0", "1", "2"])}K`],
  [1, () => "\b"],
  [1, () => "\x07"],
  [2, (random) => `\x1b[${1 + randomBelow(random, 6)};${1 + randomBelow(random, 20)}H`],
  [1, (random) => `\x1b[${randomBelow(random, 4)}${pick(random, "ABCDEFGLMPSTX@dGb".split(""))}`],
  [1, (random) => `\x1b[${pick(random, ["", "0", "1", "2", "3"])}J`],
  [1, (random) => `\x1b[?${pick(random, ["47", "1047", "1049"])}${pick(random, ["h", "l"])}`],
  [
    1,
    (random) => `\x1b[?${pick(random, ["1", "7", "25", "45", "2004"])}${pick(random, ["h", "l"])}`,
  ],
  [1, (random) => `\x1b[${pick(random, ["", "1;6", "2;4", "1;3", "1;99", "3", "1:2;3"])}r`],
  [1, (random) => `\x1b]0;${word(random, 8)}${pick(random, ["\x07", "\x1b\\", "\x9c"])}`],
  [1, (random) => pick(random, ["\x1b7", "\x1b8", "\x1bM", "\x1bD", "\x1bE", "\x1b(0", "\x1b(B"])],
  [1, (random) => pick(random, ["\x1b[4h", "\x1b[4l", "\x1b[20h", "\x1b[20l", "\x1b[!p"])],
  [1, (random) => pick(random, ["\x0e", "\x0f", "\x0b", "\x0c", "\x85", "\x84", "\x9b1m"])],
  [1, (random) => pick(random, ["\x1b[", "\x1b]", "\x1bP", "\x1b_", "\x1b", "\x18", "\x1bc"])],
  [1, (random) => pick(random, ["\x1b[é", "\x1b[1?2r", "\x1b[1 r", "\x1b[?1049:1h", "\x1b[38;5m"])],
];

const total = kinds.reduce((sum, [weight]) => sum + weight, 0);

/** One piece of output as a program might write it, well formed or not. */
export function randomOutput(random: Random): string {
  let at = randomBelow(random, total);
  for (const [weight, make] of kinds) {
    if (at < weight) return make(random);
    at -= weight;
  }
  return "";
}

/** A style that terminals know, and some that they do not. */
function style(random: Random): string {
  const n = (): number => randomBelow(random, 256);
  const params = [
    () => String(pick(random, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])),
    () => String(pick(random, [21, 22, 23, 24, 25, 27, 28, 29, 39, 49, 53, 55])),
    () => String(pick(random, [30, 40, 90, 100]) + randomBelow(random, 8)),
    () => `${pick(random, [38, 48, 58])};5;${n()}`,
    () => `${pick(random, [38, 48])};2;${n()};${n()};${n()}`,
    () => `${pick(random, [38, 48])}:2::${n()}:${n()}:${n()}`,
    () => `${pick(random, [38, 48])}:5:${n()}`,
    () => pick(random, ["", "01", "73", "38", "38;5", "48;2;1"]),
  ];
  return Array.from({ length: 1 + randomBelow(random, 3) }, () => pick(random, params)()).join(";");
}

const characters = [
  ..."abcdefgh xyz 0123456789.,".split(""),
  ...["é", "ß", "漢", "字", "한", "🙂", "🎉", "e\u0301"],
];

function word(random: Random, maxLength: number): string {
  const length = randomBelow(random, maxLength + 1);
  return Array.from({ length }, () => pick(random, characters)).join("");
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[randomBelow(random, from.length)] as T;
}
