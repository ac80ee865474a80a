import type { Session } from "./service.ts";

/** What the inspector's commands look at. */
export interface Inspected {
  readonly sessions: ReadonlySet<Session>;
  readonly channels: Iterable<{
    readonly id: number;
    readonly name: string;
    readonly service: string;
    readonly sessions: ReadonlySet<Session>;
  }>;
}

const commands: Readonly<
  Record<string, { readonly help: string; readonly run: (room: Inspected) => readonly string[] }>
> = {
  help: {
    help: "lists the commands",
    run: () => Object.entries(commands).map(([name, { help }]) => `${name}: ${help}`),
  },
  sessions: {
    help: "lists who is connected, and how many bytes wait for each",
    run: ({ sessions }) =>
      [...sessions].map(
        ({ id, name, role, hasCap, queuedBytes }) =>
          `session ${id}: ${name} (${role}), hasCap ${hasCap}, ${queuedBytes} bytes queued`,
      ),
  },
  channels: {
    help: "lists the open channels and who is attached to each",
    run: ({ channels }) =>
      [...channels].map(
        ({ id, name, service, sessions }) =>
          `channel ${id}: ${service} ${name === "" ? "(anonymous)" : name}, sessions ` +
          [...sessions].map((session) => session.id).join(" "),
      ),
  },
};

/** Lines that answer a command of the protocol inspector (CN14). */
export function inspect(text: string, room: Inspected): readonly string[] {
  const name = text.trim();
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return [`unknown command "${name.slice(0, 40)}"; try help`];
  const lines = command.run(room);
  return lines.length === 0 ? ["none"] : lines;
}
