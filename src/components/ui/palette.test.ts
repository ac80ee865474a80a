import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

/** What is left of a colour, in linear RGB: Machado, Oliveira and Fernandes 2009, severity 1. */
const visions: Readonly<Record<string, Matrix>> = {
  "full colour vision": [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const toXyz: Matrix = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
];

/** Two of them side by side are told apart at a glance from here on; 1 is the least seen at all. */
const CLEARLY_APART = 10;

const PEOPLE = 8;
const css = readFileSync(new URL("tokens.css", import.meta.url), "utf8");

describe.each(["light", "dark"])("the people's palette, %s", (theme) => {
  const tokens = tokensOf(theme);
  const palette = Array.from({ length: PEOPLE }, (_, index) => linear(tokens, `person-${index}`));

  it.each(Object.entries(visions))("can be told apart with %s", (_, vision) => {
    const labs = palette.map((rgb) => toLab(times(vision, rgb)));
    const tooClose = labs.flatMap((a, i) =>
      labs.slice(i + 1).flatMap((b, j) => {
        const distance = ciede2000(a, b);
        return distance < CLEARLY_APART ? [`${i} and ${i + 1 + j}: ${distance.toFixed(1)}`] : [];
      }),
    );
    expect(tooClose).toEqual([]);
  });

  it("has names that can be read on it, and is seen on the page", () => {
    const page = luminance(linear(tokens, "card"));
    for (const [index, rgb] of palette.entries()) {
      const ink = luminance(linear(tokens, `person-${index}-ink`));
      expect(contrast(ink, luminance(rgb))).toBeGreaterThanOrEqual(4.5);
      expect(contrast(page, luminance(rgb))).toBeGreaterThanOrEqual(2);
    }
  });
});

/** The properties that hold in a theme, by name. */
function tokensOf(theme: string): ReadonlyMap<string, string> {
  const blocks = [...css.matchAll(/^(:root[^{]*)\{([^}]*)\}/gm)].filter(
    ([, selector = ""]) => !selector.includes("data-theme") || selector.includes(`"${theme}"`),
  );
  return new Map(
    blocks.flatMap(([, , body = ""]) =>
      [...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(
        ([, name = "", value = ""]) => [name, value] as const,
      ),
    ),
  );
}

function linear(tokens: ReadonlyMap<string, string>, name: string): Triple {
  const hex = tokens.get(name);
  if (hex === undefined) throw new Error(`no --${name}`);
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function times(matrix: Matrix, [x, y, z]: Triple): Triple {
  const row = ([a, b, c]: Triple): number => a * x + b * y + c * z;
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

function luminance(rgb: Triple): number {
  return times(toXyz, rgb)[1];
}

function contrast(a: number, b: number): number {
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function toLab([r, g, b]: Triple): Triple {
  const inGamut = (value: number): number => Math.min(1, Math.max(0, value));
  const [x, y, z] = times(toXyz, [inGamut(r), inGamut(g), inGamut(b)]);
  const f = (t: number): number =>
    t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 / 116) * t + 16 / 116;
  const [fx, fy, fz] = [f(x / 0.95047), f(y), f(z / 1.08883)];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

/** CIE's colour difference of 2000, by the steps of Sharma, Wu and Dalal. */
function ciede2000([l1, a1, b1]: Triple, [l2, a2, b2]: Triple): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const seventh = (c: number): number => Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7));
  const stretch = 1.5 - 0.5 * seventh((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2);
  const [c1, c2] = [Math.hypot(a1 * stretch, b1), Math.hypot(a2 * stretch, b2)];
  const hue = (a: number, b: number): number => (Math.atan2(b, a * stretch) * 180) / Math.PI;
  const [h1, h2] = [(hue(a1, b1) + 360) % 360, (hue(a2, b2) + 360) % 360];
  const turn = ((h2 - h1 + 540) % 360) - 180;
  const deltaH = 2 * Math.sqrt(c1 * c2) * Math.sin(radians(turn / 2));
  const l = (l1 + l2) / 2 - 50;
  const c = (c1 + c2) / 2;
  const h = (h1 + turn / 2 + 360) % 360;
  const t =
    1 -
    0.17 * Math.cos(radians(h - 30)) +
    0.24 * Math.cos(radians(2 * h)) +
    0.32 * Math.cos(radians(3 * h + 6)) -
    0.2 * Math.cos(radians(4 * h - 63));
  const lPart = (l2 - l1) / (1 + (0.015 * l ** 2) / Math.sqrt(20 + l ** 2));
  const cPart = (c2 - c1) / (1 + 0.045 * c);
  const hPart = deltaH / (1 + 0.015 * c * t);
  const turned = -2 * seventh(c) * Math.sin(radians(60 * Math.exp(-(((h - 275) / 25) ** 2))));
  return Math.sqrt(lPart ** 2 + cPart ** 2 + hPart ** 2 + turned * cPart * hPart);
}
