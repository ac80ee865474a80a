import { useCallback, useState } from "react";
import { createPortal } from "react-dom";
import { describeConnection, isLive } from "#store/control.ts";
import { useActions, useIde, useNow } from "#store/hooks.tsx";
import { Button } from "../ui/Button.tsx";
import { placeInView, type Anchor } from "../ui/placement.ts";
import "./ConnectionStatus.css";

/** A dot, a word and a number; what it means is a click away. */
export function ConnectionStatus() {
  const actions = useActions();
  const control = useIde((state) => state.control);
  const keeps = useIde((state) => state.ot.journalProblem === undefined);
  const live = isLive(control);
  const now = useNow(500, !live);
  const [anchor, setAnchor] = useState<Anchor>();
  const { tone, label, detail, next } = describeConnection(control, now, keeps);
  const close = () => setAnchor(undefined);
  const place = useCallback(
    (card: HTMLDivElement | null) => {
      if (card === null || anchor === undefined) return;
      placeInView(card, anchor);
      card.focus();
    },
    [anchor],
  );
  return (
    <>
      <button
        type="button"
        className="status-bar__item"
        aria-haspopup="dialog"
        aria-expanded={anchor !== undefined}
        data-tip={detail}
        onClick={(event) => setAnchor(event.currentTarget.getBoundingClientRect())}
      >
        <span className={`connection-dot connection-dot--${tone}`} />
        {label}
        {next !== undefined && <span className="status-bar__optional"> · {next}</span>}
      </button>
      {anchor !== undefined &&
        createPortal(
          <>
            <div className="menu-veil" onPointerDown={close} />
            <div
              ref={place}
              className="connection-card"
              role="dialog"
              aria-label="Connection"
              tabIndex={-1}
              onKeyDown={(event) => event.key === "Escape" && close()}
            >
              <div className="connection-card__label">
                <span className={`connection-dot connection-dot--${tone}`} />
                {label}
              </div>
              <p>{detail}</p>
              {control.latencyMs !== undefined && (
                <p>The number is the median of the last answers from the container.</p>
              )}
              {!live && control.connection.kind !== "ended" && (
                <Button small onClick={() => actions.control.retryNow()}>
                  Retry
                </Button>
              )}
            </div>
          </>,
          document.body,
        )}
    </>
  );
}
