import { useRef, useState, type CSSProperties, type KeyboardEvent, type PointerEvent } from "react";
import "./DragHandle.css";

interface DragHandleProps {
  /** The direction in which its neighbours lie. */
  readonly direction: "row" | "column";
  readonly label: string;
  readonly value: number;
  readonly style?: CSSProperties;
  /** Called with the pixels since the last call. */
  readonly onMove: (deltaPx: number) => void;
  /** A double click. */
  readonly onReset: () => void;
}

const KEY_STEP_PX = 16;

/** The edge between two things that share their room. Arrow keys move it too. */
export function DragHandle({ direction, label, value, style, onMove, onReset }: DragHandleProps) {
  const [dragging, setDragging] = useState(false);
  const last = useRef(0);
  const row = direction === "row";
  const at = (event: PointerEvent) => (row ? event.clientX : event.clientY);
  const handleKey = (event: KeyboardEvent) => {
    const less = row ? "ArrowLeft" : "ArrowUp";
    const more = row ? "ArrowRight" : "ArrowDown";
    if (event.key === less) onMove(-KEY_STEP_PX);
    else if (event.key === more) onMove(KEY_STEP_PX);
    else if (event.key === "Enter") onReset();
    else return;
    event.preventDefault();
  };
  return (
    <div
      className={`drag-handle drag-handle--${direction}`}
      style={style}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={row ? "vertical" : "horizontal"}
      aria-valuenow={Math.round(value)}
      data-dragging={dragging}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        last.current = at(event);
        setDragging(true);
      }}
      onPointerMove={(event) => {
        if (!dragging) return;
        const delta = at(event) - last.current;
        if (delta === 0) return;
        last.current += delta;
        onMove(delta);
      }}
      onPointerUp={() => setDragging(false)}
      onPointerCancel={() => setDragging(false)}
      onDoubleClick={onReset}
      onKeyDown={handleKey}
    />
  );
}
