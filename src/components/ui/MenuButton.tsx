import type { LucideIcon } from "lucide-react";
import { useState } from "react";
import { IconButton } from "./IconButton.tsx";
import { Menu, type MenuItem } from "./Menu.tsx";

interface MenuButtonProps {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly size?: number;
}

/** A button that opens a menu below itself. */
export function MenuButton({ icon, label, items, size = 16 }: MenuButtonProps) {
  const [anchor, setAnchor] = useState<DOMRect>();
  return (
    <>
      <IconButton
        icon={icon}
        label={label}
        size={size}
        aria-haspopup="menu"
        aria-expanded={anchor !== undefined}
        onClick={(event) => setAnchor(event.currentTarget.getBoundingClientRect())}
      />
      {anchor !== undefined && (
        <Menu label={label} items={items} anchor={anchor} onClose={() => setAnchor(undefined)} />
      )}
    </>
  );
}
