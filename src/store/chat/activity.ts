import type { Activity } from "#common/chat/log.ts";

/** One sentence on what happened. */
export interface ActivityLine {
  readonly id: string;
  readonly text: string;
  readonly atMs: number;
}

/** Tells it in few lines: what is alike and follows one upon another is one of them. */
export function activityLines(activities: readonly Activity[]): readonly ActivityLine[] {
  const lines: ActivityLine[] = [];
  let alike: Activity[] = [];
  const tell = (): void => {
    const last = alike.at(-1);
    if (last === undefined) return;
    lines.push({ id: last.id, atMs: last.atMs, text: sentence(alike, last) });
    alike = [];
  };
  for (const activity of activities) {
    const last = alike.at(-1);
    if (last !== undefined && likeness(last) !== likeness(activity)) tell();
    alike.push(activity);
  }
  tell();
  return lines;
}

/** Equal for activities that one sentence can tell together. */
function likeness({ deed, userId, name }: Activity): string {
  switch (deed.kind) {
    case "joined":
    case "left":
      return deed.kind;
    case "ran":
      return `ran ${userId} ${name} ${deed.command}`;
    case "moved":
      return `moved ${userId} ${name}`;
    case "renamed":
      return `renamed ${userId}`;
    case "restored":
      return `restored ${userId} ${deed.path}`;
    default:
      return deed satisfies never;
  }
}

function sentence(alike: readonly Activity[], last: Activity): string {
  const { deed, name } = last;
  switch (deed.kind) {
    case "joined":
    case "left":
      return `${listed([...new Set(alike.map((one) => one.name))])} ${deed.kind}`;
    case "ran": {
      const often = alike.length === 1 ? "" : ` ${alike.length} times`;
      return `${name} ran ${shortened(deed.command)}${often}${outcome(last)}`;
    }
    case "moved": {
      if (alike.length > 1) return `${name} moved ${alike.length} files or folders`;
      const isRenamed = directory(deed.from) === directory(deed.to);
      return `${name} ${isRenamed ? "renamed" : "moved"} ${deed.from} to ${isRenamed ? baseName(deed.to) : deed.to}`;
    }
    case "renamed": {
      const first = alike[0]?.deed;
      return `${first?.kind === "renamed" ? first.from : deed.from} is now ${name}`;
    }
    case "restored":
      return `${name} restored version ${deed.version} of ${deed.path}`;
    default:
      return deed satisfies never;
  }
}

/** `Ada`, `Ada and Lin`, `Ada, Lin and 3 others`. */
function listed(names: readonly string[]): string {
  if (names.length <= 3) {
    const [last = "", ...first] = names.toReversed();
    return first.length === 0 ? last : `${first.toReversed().join(", ")} and ${last}`;
  }
  return `${names.slice(0, 2).join(", ")} and ${names.length - 2} others`;
}

function outcome({ end }: Activity): string {
  if (end === undefined) return "";
  return `, which ended with ${end.code} after ${duration(end.durationMs)}`;
}

function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const minutes = Math.round(ms / 60_000);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function shortened(command: string): string {
  const [line = ""] = command.split("\n");
  return line.length > 60 || line !== command ? `${line.slice(0, 60)}…` : line;
}

function directory(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
