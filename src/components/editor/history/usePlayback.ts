import { useEffect, useRef } from "react";
import type { Versions } from "#common/ot/versions.ts";
import { advance, type PlayPosition } from "./playback.ts";

interface Playback {
  readonly playing: boolean;
  readonly speed: number;
  readonly skipsIdle: boolean;
  readonly versions: Versions;
  /** The version that is shown. */
  readonly version: number;
  readonly onVersion: (version: number) => void;
  readonly onEnd: () => void;
}

/** Moves through the versions in the time of the history, a step at each frame of the screen. */
export function usePlayback(playback: Playback): void {
  const latest = useRef(playback);
  useEffect(() => {
    latest.current = playback;
  });
  const { playing } = playback;
  useEffect(() => {
    if (!playing) return undefined;
    let position: PlayPosition = { version: latest.current.version, shownMs: 0 };
    let beforeMs: number | undefined;
    let frame = requestAnimationFrame(step);
    function step(nowMs: number): void {
      const { versions, version, speed, skipsIdle, onVersion, onEnd } = latest.current;
      // Somebody has moved the slider meanwhile.
      if (version !== position.version) position = { version, shownMs: 0 };
      const passedMs = (nowMs - (beforeMs ?? nowMs)) * speed;
      beforeMs = nowMs;
      const next = advance(versions, position, passedMs, skipsIdle);
      if (next.version !== position.version) onVersion(next.version);
      position = next;
      if (next.version >= versions.count) onEnd();
      else frame = requestAnimationFrame(step);
    }
    return () => cancelAnimationFrame(frame);
  }, [playing]);
}
