/** The directory of everything; what the container calls it too. */
export const root = ".";

/** One spelling of each path: no leading `./`, no trailing slash. */
export function normal(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.length === 0 ? root : parts.join("/");
}

export function join(directory: string, name: string): string {
  return normal(`${directory}/${name}`);
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? root : path.slice(0, slash);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Whether `path` is `directory` or below it. */
export function isInside(path: string, directory: string): boolean {
  return directory === root || path === directory || path.startsWith(`${directory}/`);
}

/** `path` after `from` was moved to `to`. */
export function moved(path: string, from: string, to: string): string {
  return path !== root && isInside(path, from) ? to + path.slice(from.length) : path;
}

/** The directories above `path`, outermost first, without the root. */
export function ancestors(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** `name`, or the first of `name 2`, `name 3` … that is free; the extension stays at the end. */
export function freeName(name: string, taken: (name: string) => boolean): string {
  if (!taken(name)) return name;
  const dot = name.lastIndexOf(".");
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  for (let count = 2; ; count++) {
    const candidate = `${stem} ${count}${extension}`;
    if (!taken(candidate)) return candidate;
  }
}
