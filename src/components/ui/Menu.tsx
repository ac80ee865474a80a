import { Check, type LucideIcon } from "lucide-react";
import { Fragment, useCallback, useState, type KeyboardEvent } from "react";
import { createPortal } from "react-dom";
import "./Menu.css";
import { placeInView, type Anchor } from "./placement.ts";

export interface MenuItem {
  readonly label: string;
  readonly icon?: LucideIcon;
  readonly shortcut?: string | undefined;
  readonly checked?: boolean;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  /** A line above it. */
  readonly separated?: boolean;
  readonly onSelect: () => void;
}

interface MenuProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly anchor: Anchor;
  readonly onClose: () => void;
}

/** A menu at a point or below a button. It has the keyboard until it closes. */
export function Menu({ label, items, anchor, onClose }: MenuProps) {
  const [active, setActive] = useState(-1);
  const open = useCallback(
    (menu: HTMLDivElement | null) => {
      if (menu === null) return undefined;
      const before = document.activeElement;
      placeInView(menu, anchor);
      menu.focus();
      return () => {
        const nowhere = document.activeElement === document.body;
        if (nowhere && before instanceof HTMLElement) before.focus();
      };
    },
    [anchor],
  );
  const hasIcons = items.some(({ icon, checked }) => icon !== undefined || checked !== undefined);
  const select = (item: MenuItem) => {
    if (item.disabled === true) return;
    onClose();
    item.onSelect();
  };
  const move = (step: number) => {
    for (let count = 1; count <= items.length; count++) {
      const from = active < 0 && step < 0 ? 0 : active;
      const index = (from + step * count + items.length * count) % items.length;
      if (items[index]?.disabled !== true) return setActive(index);
    }
  };
  const handleKey = (event: KeyboardEvent) => {
    const item = items[active];
    switch (event.key) {
      case "ArrowDown":
        move(1);
        break;
      case "ArrowUp":
        move(-1);
        break;
      case "Home":
        setActive(0);
        break;
      case "End":
        setActive(items.length - 1);
        break;
      case "Enter":
      case " ":
        if (item !== undefined) select(item);
        break;
      case "Escape":
      case "Tab":
        onClose();
        break;
      default: {
        const letter = event.key.toLowerCase();
        const found = items.findIndex((other) => other.label.toLowerCase().startsWith(letter));
        if (found >= 0) setActive(found);
      }
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return createPortal(
    <>
      <div
        className="menu-veil"
        onPointerDown={onClose}
        onContextMenu={(event) => event.preventDefault()}
      />
      <div
        ref={open}
        className="menu"
        role="menu"
        aria-label={label}
        aria-activedescendant={active < 0 ? undefined : `menu-item-${active}`}
        tabIndex={-1}
        onKeyDown={handleKey}
      >
        {items.map((item, index) => (
          <Fragment key={item.label}>
            {item.separated === true && <div className="menu__line" role="separator" />}
            <div
              id={`menu-item-${index}`}
              className={item.danger === true ? "menu__item menu__item--danger" : "menu__item"}
              role={item.checked === undefined ? "menuitem" : "menuitemcheckbox"}
              aria-checked={item.checked}
              aria-disabled={item.disabled}
              data-active={active === index}
              onPointerMove={() => setActive(index)}
              onClick={() => select(item)}
            >
              {item.checked === true ? (
                <Check size={16} strokeWidth={1.75} aria-hidden />
              ) : item.icon === undefined ? (
                hasIcons && <span className="menu__space" />
              ) : (
                <item.icon size={16} strokeWidth={1.75} aria-hidden />
              )}
              <span className="menu__label">{item.label}</span>
              {item.shortcut !== undefined && <span className="menu__keys">{item.shortcut}</span>}
            </div>
          </Fragment>
        ))}
      </div>
    </>,
    document.body,
  );
}
