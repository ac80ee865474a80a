const time = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const exactTime = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const year = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  year: "numeric",
});

/** The day as short as it is clear: nothing for today. */
export function dayOf(ms: number, nowMs: number): string {
  const [then, now] = [new Date(ms), new Date(nowMs)];
  if (then.toDateString() === now.toDateString()) return "";
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (then.toDateString() === yesterday.toDateString()) return "Yesterday";
  return then.getFullYear() === now.getFullYear() ? day.format(then) : year.format(then);
}

/** To the second, with the day when it is not today. */
export function momentOf(ms: number, nowMs: number): string {
  return [dayOf(ms, nowMs), exactTime.format(ms)].filter(Boolean).join(", ");
}

/** From when to when, to the minute. */
export function spanOf(startMs: number, endMs: number, nowMs: number): string {
  const [from, to] = [time.format(startMs), time.format(endMs)];
  const times = from === to ? from : `${from} – ${to}`;
  return `${dayOf(startMs, nowMs) || "Today"}, ${times}`;
}

/** What stands at a mark of the timeline: the time, or for another day that day. */
export function tickOf(ms: number, nowMs: number): string {
  return dayOf(ms, nowMs) || time.format(ms);
}
