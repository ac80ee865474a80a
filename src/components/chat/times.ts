const time = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** The time of day, with the date unless that is today. */
export function timeOf(atMs: number): string {
  const isToday = new Date(atMs).toDateString() === new Date().toDateString();
  return (isToday ? time : dayAndTime).format(atMs);
}
