import type { LucideIcon } from "lucide-react";
import type { ButtonHTMLAttributes } from "react";
import "./Button.css";

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "children"> {
  readonly icon: LucideIcon;
  /** The name for those who do not see the icon, and the tooltip for those who wonder. */
  readonly label: string;
  readonly shortcut?: string | undefined;
  readonly badge?: number | undefined;
  readonly size?: number;
}

export function IconButton({
  icon: Icon,
  label,
  shortcut,
  badge,
  size = 16,
  className = "",
  ...props
}: IconButtonProps) {
  return (
    <button
      type="button"
      {...props}
      className={`icon-button ${className}`}
      aria-label={badge === undefined ? label : `${label} (${badge})`}
      data-tip={label}
      data-keys={shortcut}
    >
      <Icon size={size} strokeWidth={1.75} aria-hidden />
      {badge !== undefined && (
        <span className="icon-button__badge" data-count={badge > 99 ? "99+" : badge} aria-hidden />
      )}
    </button>
  );
}
