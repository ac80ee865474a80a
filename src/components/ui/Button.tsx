import type { ButtonHTMLAttributes } from "react";
import "./Button.css";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: "primary" | "danger" | "quiet";
  readonly small?: boolean;
}

export function Button({ look, small = false, className = "", ...props }: ButtonProps) {
  const looks = [look !== undefined && `button--${look}`, small && "button--small", className];
  return (
    <button type="button" {...props} className={["button", ...looks].filter(Boolean).join(" ")} />
  );
}
