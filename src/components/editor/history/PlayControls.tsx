import { ChevronLeft, ChevronRight, Pause, Play, SkipForward } from "lucide-react";
import { Button } from "../../ui/Button.tsx";
import { IconButton } from "../../ui/IconButton.tsx";

export interface PlaySettings {
  readonly playing: boolean;
  readonly speed: number;
  readonly skipsIdle: boolean;
}

interface PlayControlsProps {
  readonly settings: PlaySettings;
  readonly version: number;
  readonly count: number;
  readonly onChange: (settings: PlaySettings) => void;
  readonly onStep: (step: 1 | -1) => void;
  readonly onNewest: () => void;
}

const speeds = [1, 4, 16];

/** Play, pause and single steps. */
export function PlayControls(props: PlayControlsProps) {
  const { settings, version, count, onChange, onStep, onNewest } = props;
  const { playing, speed, skipsIdle } = settings;
  return (
    <div className="history__controls">
      <IconButton
        icon={ChevronLeft}
        label="Version before"
        disabled={version <= 1}
        onClick={() => onStep(-1)}
      />
      <IconButton
        icon={playing ? Pause : Play}
        label={playing ? "Pause" : "Play"}
        disabled={count < 2}
        onClick={() => onChange({ ...settings, playing: !playing })}
      />
      <IconButton
        icon={ChevronRight}
        label="Next version"
        disabled={version >= count}
        onClick={() => onStep(1)}
      />
      <button
        type="button"
        className="history__chip"
        aria-label={`Speed ${speed}×`}
        data-tip="Speed of playback"
        onClick={() => {
          const next = speeds[(speeds.indexOf(speed) + 1) % speeds.length] ?? 1;
          onChange({ ...settings, speed: next });
        }}
      >
        {speed}×
      </button>
      <button
        type="button"
        className="history__chip"
        aria-pressed={skipsIdle}
        data-tip="Cut pauses short"
        onClick={() => onChange({ ...settings, skipsIdle: !skipsIdle })}
      >
        <SkipForward size={12} strokeWidth={1.75} aria-hidden /> Skip idle
      </button>
      <span className="history__space" />
      {version < count && (
        <Button small look="quiet" onClick={onNewest}>
          Newest
        </Button>
      )}
    </div>
  );
}
