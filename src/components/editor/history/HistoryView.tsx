import { useEffect, useRef, useState } from "react";
import type { Versions } from "#common/ot/versions.ts";
import { useActions, useIde, useIdeContext } from "#store/hooks.tsx";
import type { FileHistory } from "#store/ot/fileHistory.ts";
import { Mount } from "../../ui/Mount.tsx";
import { lookOf } from "../openEditor.ts";
import { burstStart, shownVersion } from "./changeMarks.ts";
import { HistoryBinding } from "./historyBinding.ts";
import { HistoryHead } from "./HistoryHead.tsx";
import { namedVersions } from "./namedVersions.ts";
import { deedMarks, withSaves } from "./deedMarks.ts";
import { PlayControls, type PlaySettings } from "./PlayControls.tsx";
import { SessionList } from "./SessionList.tsx";
import { sessionAt, sessionsOf, type Session } from "./sessions.ts";
import { Timeline } from "./Timeline.tsx";
import { usePlayback } from "./usePlayback.ts";
import { useAuthors } from "./useAuthors.ts";

interface HistoryViewProps {
  readonly history: FileHistory;
  /** Those of the history: another object when it began anew. */
  readonly versions: Versions;
}

/** One version of a text, or what lies between two, and the ways to all others. */
export function HistoryView({ history, versions }: HistoryViewProps) {
  const ide = useIdeContext();
  const actions = useActions();
  const { path, state, document } = history;
  const { count } = versions;
  // While they are read, which is from the first on, the newest text is the one that is there.
  const total = state.kind === "reading" ? Math.max(count, state.expected ?? 0) : count;
  const wanted = useIde((state) => state.history.shown[path]);
  const version = Math.min(wanted ?? count, count);
  const [wantedBase, setBase] = useState<number>();
  const base = wantedBase === undefined ? undefined : Math.min(wantedBase, count);
  const [play, setPlay] = useState<PlaySettings>({ playing: false, speed: 4, skipsIdle: true });
  const [view, setView] = useState<HistoryBinding>();
  const names = useIde((state) => state.metadata.versionNames);
  const named = namedVersions(versions, names);
  const items = useIde((state) => state.chat.items);
  const saves = useIde((state) => state.metadata.versionSaves);
  const element = useRef<HTMLElement>(null);
  const sessions = useSessions(versions);
  const settings = useIde((state) => state.settings);
  const authorOf = useAuthors();
  const deeds = withSaves(
    deedMarks(versions, path, items ?? []),
    versions,
    saves,
    (userId) => authorOf(userId).name,
  );
  const isAhead =
    wanted === undefined && base === undefined && document !== undefined && total > count;
  const { color } = authorOf(versions.authorAt(version));

  const show = (next: number) =>
    actions.history.show(path, next >= total ? undefined : Math.min(next, count));
  const choose = (next: number) => {
    setPlay({ ...play, playing: false });
    show(next);
  };
  usePlayback({
    ...play,
    versions,
    version,
    onVersion: show,
    onEnd: () => setPlay({ ...play, playing: false }),
  });

  useEffect(() => actions.history.watchNames(), [actions]);

  useEffect(() => {
    if (isAhead) view?.show(document.text(), undefined, undefined);
  }, [view, isAhead, document]);

  useEffect(() => {
    if (view === undefined || isAhead) return;
    if (base === undefined) {
      const { text, marks } = shownVersion(versions, version);
      view.show(text, marks, color);
    } else {
      view.compare(versions.textAt(base), versions.textAt(version));
    }
  }, [view, versions, version, base, color, isAhead]);

  useEffect(() => {
    if (element.current !== null) view?.setLook(lookOf(ide.store.getState(), element.current));
  }, [view, ide, settings]);

  const toggleCompare = () => {
    if (base !== undefined) return setBase(undefined);
    // Nothing was before the first: it is compared with what became of it.
    if (version === 1) show(count);
    const session = sessionAt(sessions, version);
    const start = session === undefined ? burstStart(versions, version) : session.first;
    setBase(Math.max(start === version ? version - 1 : start, 1));
  };

  return (
    <section className="history" ref={element}>
      <HistoryHead
        history={history}
        version={version}
        base={base}
        onCompare={toggleCompare}
        onDifference={(which) => view?.goToDifference(which)}
      />
      <div className="history__body">
        <Mount<HistoryBinding>
          className="history__mount"
          create={(place) => HistoryBinding.mount(place, path, lookOf(ide.store.getState(), place))}
          onReady={setView}
        />
        <SessionList sessions={sessions} named={named} version={version} onChoose={choose} />
      </div>
      <footer className="history__foot">
        <PlayControls
          settings={play}
          version={version}
          count={count}
          onChange={(next) => {
            // At its end a history begins anew.
            if (next.playing && !play.playing && version >= count) show(1);
            setPlay(next);
          }}
          onStep={(step) => choose(Math.min(Math.max(version + step, 1), count))}
          onNewest={() => choose(total)}
        />
        <Timeline
          versions={versions}
          sessions={sessions}
          named={named}
          deeds={deeds}
          total={total}
          version={isAhead ? total : version}
          base={base}
          onChoose={choose}
          onChooseBase={setBase}
        />
      </footer>
    </section>
  );
}

/** The sessions of a history that grows; only the last one is looked at again. */
function useSessions(versions: Versions): readonly Session[] {
  const [known, setKnown] = useState<{
    readonly versions: Versions;
    readonly count: number;
    readonly sessions: readonly Session[];
  }>();
  if (known?.versions === versions && known.count === versions.count) return known.sessions;
  const sessions = sessionsOf(versions, known?.versions === versions ? known.sessions : []);
  setKnown({ versions, count: versions.count, sessions });
  return sessions;
}
