import type { CSSProperties } from "react";
import "./Avatar.css";

interface AvatarProps {
  readonly initials: string;
  /** An index of the people's palette. */
  readonly color: number;
  readonly sizePx?: number;
  readonly quiet?: boolean;
}

/** Below this size two letters would be smaller than anything else on the page. */
const TWO_LETTERS_PX = 24;

/** A person as a disc in their colour; the initials tell apart whom the colour does not. */
export function Avatar({ initials, color, sizePx = 24, quiet = false }: AvatarProps) {
  const style = {
    "--avatar-size": `${sizePx}px`,
    "--person": `var(--person-${color})`,
    "--person-ink": `var(--person-${color}-ink)`,
  } as CSSProperties;
  return (
    <span
      className={quiet ? "avatar avatar--quiet" : "avatar"}
      style={style}
      // Drawn as a sign: what speaks and selects text has the name beside it.
      data-initials={sizePx < TWO_LETTERS_PX ? /^./u.exec(initials)?.[0] : initials}
      aria-hidden
    />
  );
}
