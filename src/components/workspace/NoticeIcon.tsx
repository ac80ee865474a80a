import { CircleAlert, CircleCheck, Info } from "lucide-react";
import type { Notification } from "#store/ui/notifications.ts";

const icons = { info: Info, success: CircleCheck, error: CircleAlert } as const;
const colors = { info: "var(--accent)", success: "var(--good)", error: "var(--bad)" } as const;

/** What sort of notice it is, by form and colour. */
export function NoticeIcon({ tone }: { readonly tone: Notification["tone"] }) {
  const Icon = icons[tone];
  return (
    <Icon
      size={16}
      strokeWidth={1.75}
      color={colors[tone]}
      aria-label={tone === "error" ? "Error" : undefined}
      aria-hidden={tone !== "error"}
    />
  );
}
