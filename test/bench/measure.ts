/**
 * Runs each work `runs` times, in turns so that all share the machine's good and bad moments, and
 * returns the median of what each reports. The first round warms up and does not count. Rubbish is
 * not collected by force in between: that makes V8 forget its optimised code, too.
 */
export function medians<Name extends string>(
  runs: number,
  works: Readonly<Record<Name, () => number>>,
): Readonly<Record<Name, number>> {
  const names = Object.keys(works) as Name[];
  const figures = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let run = 0; run <= runs; run++) {
    for (const name of names) {
      const figure = works[name]();
      if (run > 0) figures.get(name)?.push(figure);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(figures.get(name) ?? [])])) as Record<
    Name,
    number
  >;
}

function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/**
 * Milliseconds of processor time that `work` takes, collecting its rubbish and compiling it
 * included, on whatever thread: unlike the time on the clock, that does not depend on what else the
 * machine is doing.
 */
export function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
