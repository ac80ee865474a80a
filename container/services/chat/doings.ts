import type { Cancel } from "#common/lib/clock.ts";
import { program, type ServiceStart, type Session } from "../../service.ts";
import type { ChatRecord } from "./record.ts";

/** Whoever is back within this time was not away: a reload, a tunnel, a restart of the host. */
const AWAY_MS = 30_000;

interface Presence {
  name: string;
  sessions: number;
  /** Runs while nobody of theirs is connected. */
  leaving: Cancel | undefined;
}

/** Writes down what happens in the room besides talk, until the returned function is called. */
export function noteDoings({ platform, repl }: ServiceStart, record: ChatRecord): Cancel {
  const { clock } = platform;
  const people = new Map<number, Presence>();
  /** Who runs what, until it has ended. */
  const runners = new Map<string, Session>();
  let isOver = false;

  const stamp = ({ userId, name }: Pick<Session, "userId" | "name">) => ({
    userId,
    name,
    atMs: clock.now(),
  });

  function startLeaving(userId: number, presence: Presence): void {
    const atMs = clock.now();
    presence.leaving = clock.after(AWAY_MS, () => {
      people.delete(userId);
      record.note({ kind: "left" }, { userId, name: presence.name, atMs });
    });
  }

  /** Who was here when the container ended, and does not come back, has left. */
  async function recall(): Promise<void> {
    const here = new Map<number, string>();
    await record.load();
    for (const item of record.items()) {
      if (item.kind !== "activity") continue;
      const { deed, userId, name } = item;
      if (deed.kind === "joined") here.set(userId, name);
      if (deed.kind === "left") here.delete(userId);
      if (deed.kind === "renamed" && here.has(userId)) here.set(userId, name);
    }
    if (isOver) return;
    for (const [userId, name] of here) {
      const presence = { name, sessions: 0, leaving: undefined };
      people.set(userId, presence);
      startLeaving(userId, presence);
    }
  }

  // What happens meanwhile is told after what was.
  let turn = recall().catch(() => {});
  const then = (work: () => void): void => {
    turn = turn.then(() => {
      if (!isOver) work();
    });
  };

  function handleJoined(session: Session): void {
    const known = people.get(session.userId);
    known?.leaving?.();
    if (known === undefined) record.note({ kind: "joined" }, stamp(session));
    else if (known.sessions === 0) handleRenamed(session);
    const sessions = (known?.sessions ?? 0) + 1;
    people.set(session.userId, { name: session.name, sessions, leaving: undefined });
  }

  function handleLeft({ userId }: Session): void {
    const presence = people.get(userId);
    if (presence === undefined) return;
    presence.sessions--;
    if (presence.sessions === 0) startLeaving(userId, presence);
  }

  function handleRenamed(session: Session): void {
    const presence = people.get(session.userId);
    if (presence === undefined || presence.name === session.name) return;
    record.note({ kind: "renamed", from: presence.name }, stamp(session));
    presence.name = session.name;
  }

  const cancels = [
    repl.onJoined((session) => then(() => handleJoined(session))),
    repl.onLeft((session) => then(() => handleLeft(session))),
    repl.onRenamed((session) => then(() => handleRenamed(session))),
    repl.fileOperations.on((operation) => {
      if (operation.kind !== "moved") return;
      const { from, to, by } = operation;
      record.note({ kind: "moved", from, to }, stamp(by));
    }),
    // What a program moves is worth a word if people have worked on it.
    repl.moves.on(({ from, to, by }) => {
      if (by === undefined) record.note({ kind: "moved", from, to }, stamp(program));
    }),
    repl.runs.on((news) => {
      if (news.kind === "ran") {
        const { id, command, by } = news;
        runners.set(id, by);
        record.note({ kind: "ran", id, command }, stamp(by));
        return;
      }
      const { run, code, durationMs } = news;
      const by = runners.get(run);
      runners.delete(run);
      if (by !== undefined) record.note({ kind: "ended", run, code, durationMs }, stamp(by));
    }),
  ];
  return () => {
    isOver = true;
    for (const cancel of cancels) cancel();
    for (const { leaving } of people.values()) leaving?.();
  };
}
