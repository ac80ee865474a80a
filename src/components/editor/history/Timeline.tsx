import { useEffect, useState, type KeyboardEvent } from "react";
import type { Versions } from "#common/ot/versions.ts";
import { useIde, useNow } from "#store/hooks.tsx";
import { isDark } from "#store/ui/settings.ts";
import type { DeedMark } from "./deedMarks.ts";
import type { NamedVersion } from "./namedVersions.ts";
import { drawStrip, ticksOf } from "./strip.ts";
import type { Session } from "./sessions.ts";
import { momentOf, tickOf } from "./times.ts";
import { useAuthors } from "./useAuthors.ts";

interface TimelineProps {
  readonly versions: Versions;
  readonly sessions: readonly Session[];
  readonly named: readonly NamedVersion[];
  readonly deeds: readonly DeedMark[];
  /** How many versions there will be when all are read. */
  readonly total: number;
  readonly version: number;
  readonly base: number | undefined;
  readonly onChoose: (version: number) => void;
  readonly onChooseBase: (version: number) => void;
}

/** A key's worth of many versions. */
const PAGE = 100;

/** All versions from left to right in the colours of their authors, and the one that is shown. */
export function Timeline(props: TimelineProps) {
  const { versions, sessions, named, deeds, total, version, base, onChoose, onChooseBase } = props;
  const nowMs = useNow(60_000);
  const authorOf = useAuthors();
  const dark = useIde((state) => isDark(state.settings));
  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null);
  const [widthPx, setWidthPx] = useState(0);
  const { count } = versions;

  useEffect(() => {
    if (canvas === null) return undefined;
    const observer = new ResizeObserver(() => setWidthPx(canvas.clientWidth));
    observer.observe(canvas);
    return () => observer.disconnect();
  }, [canvas]);
  useEffect(() => {
    if (canvas === null || widthPx === 0) return;
    drawStrip(canvas, { versions, sessions, total }, (userId) => authorOf(userId).color);
  }, [canvas, widthPx, versions, count, total, sessions, authorOf, dark]);

  const leftOf = (at: number) => ((at - 1) / Math.max(total - 1, 1)) * widthPx;
  const describe = (at: number) =>
    at > count
      ? `The newest of ${total} versions, of which ${count} are read`
      : `Version ${at} of ${total}, ${authorOf(versions.authorAt(at)).name}, ${momentOf(
          versions.timeAt(at),
          nowMs,
        )}`;
  const range = (at: number, label: string, choose: (version: number) => void) => (
    <input
      className={label === "Version" ? "timeline__range" : "timeline__range timeline__range--base"}
      type="range"
      min={1}
      max={total}
      value={at}
      disabled={total < 2}
      aria-label={label}
      aria-valuetext={describe(at)}
      onChange={({ target }) => choose(target.valueAsNumber)}
      onKeyDown={(event: KeyboardEvent) => {
        const step = event.key === "PageUp" ? -PAGE : event.key === "PageDown" ? PAGE : 0;
        if (step === 0) return;
        event.preventDefault();
        choose(Math.min(Math.max(at + step, 1), total));
      }}
    />
  );
  return (
    <div className="timeline">
      <div className="timeline__track">
        <canvas className="timeline__strip" ref={setCanvas} />
        {base !== undefined && range(base, "Compared version", onChooseBase)}
        {range(version, "Version", onChoose)}
        {deeds.map((deed) => (
          <button
            key={deed.version}
            type="button"
            className={`timeline__deed timeline__deed--${deed.kind}`}
            style={{ left: leftOf(deed.version) }}
            aria-label={`${deed.words}: go there`}
            data-tip={`${deed.words}, ${momentOf(deed.atMs, nowMs)}`}
            onClick={() => onChoose(deed.version)}
          />
        ))}
        {named.map((one) => (
          <button
            key={one.version}
            type="button"
            className="timeline__name"
            style={{ left: leftOf(one.version) }}
            aria-label={`Go to ${one.name}`}
            data-tip={one.name}
            onClick={() => onChoose(one.version)}
          />
        ))}
      </div>
      <div className="timeline__ticks" aria-hidden>
        {ticksOf(sessions, total, widthPx).map(({ session, x }) => (
          <span key={session.first} style={{ left: x }}>
            {tickOf(session.startMs, nowMs)}
          </span>
        ))}
      </div>
    </div>
  );
}
