import { X } from "lucide-react";
import { useState, type PointerEvent } from "react";
import { useActions, useIde } from "#store/hooks.tsx";
import { savedState } from "#store/ot.ts";
import { participants, peopleByFile } from "#store/presence.ts";
import type { IdeState } from "#store/store.ts";
import { parsePane } from "#store/ui/panes.ts";
import { AvatarStack } from "../ui/AvatarStack.tsx";
import { FileIcon } from "../ui/FileIcon.tsx";
import { Menu, type MenuItem } from "../ui/Menu.tsx";
import type { Anchor } from "../ui/placement.ts";
import { panelId, paneTitle } from "./paneTitle.ts";

interface TabProps {
  readonly pane: string;
  readonly active: boolean;
  /** The panes of its strip, from left to right. */
  readonly siblings: readonly string[];
  readonly folder: string | undefined;
  readonly onPress: (pane: string, event: PointerEvent) => void;
  readonly onDrag: (event: PointerEvent) => void;
  readonly onDrop: (dropped: boolean) => void;
}

/** One tab: shown by a press, moved by a drag, closed by its button or a middle click. */
export function Tab({ pane, active, siblings, folder, onPress, onDrag, onDrop }: TabProps) {
  const actions = useActions();
  const [menu, setMenu] = useState<Anchor>();
  const dot = useIde((state) => dotOf(state, pane));
  const { title, tip, icon: Icon, path } = paneTitle(pane);
  const people = useIde(({ presence, control }) =>
    path === undefined
      ? undefined
      : peopleByFile(participants(presence, control.self?.session)).get(path),
  );
  const here = people === undefined ? "" : `${people.map(({ name }) => name).join(", ")} here`;
  const tips = [tip === title ? "" : tip, here].filter((part) => part !== "");
  const close = () => actions.layout.close([pane]);
  const others = siblings.filter((other) => other !== pane);
  const items: readonly MenuItem[] = [
    { label: "Close", onSelect: close },
    {
      label: "Close the others",
      disabled: others.length === 0,
      onSelect: () => actions.layout.close(others),
    },
    {
      label: "Close those to the right",
      disabled: siblings.at(-1) === pane,
      onSelect: () => actions.layout.close(siblings.slice(siblings.indexOf(pane) + 1)),
    },
    {
      label: path === undefined ? "Move to the right" : "Split to the right",
      separated: true,
      disabled: path === undefined && others.length === 0,
      onSelect: () => actions.layout.splitPane(pane, "right"),
    },
    {
      label: path === undefined ? "Move downwards" : "Split downwards",
      disabled: path === undefined && others.length === 0,
      onSelect: () => actions.layout.splitPane(pane, "bottom"),
    },
    ...(path === undefined
      ? []
      : [
          {
            label: "Copy path",
            separated: true,
            onSelect: () => void actions.copy(path, "Path"),
          },
          { label: "Show history", onSelect: () => actions.history.open(path) },
          { label: "Show in the tree", onSelect: () => actions.files.reveal(path) },
        ]),
  ];
  return (
    <>
      <div
        ref={active ? scrollToTab : undefined}
        className={dot === "deleted" ? "tab tab--deleted" : "tab"}
        role="tab"
        tabIndex={active ? 0 : -1}
        aria-selected={active}
        aria-controls={panelId(pane)}
        data-file={path}
        aria-label={here === "" ? undefined : [title, folder, here].filter(Boolean).join(", ")}
        data-tip={tips.length === 0 ? undefined : tips.join(" · ")}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          actions.layout.show(pane);
          onPress(pane, event);
        }}
        onPointerMove={onDrag}
        onPointerUp={() => onDrop(true)}
        onPointerCancel={() => onDrop(false)}
        onAuxClick={(event) => event.button === 1 && close()}
        onContextMenu={(event) => {
          event.preventDefault();
          setMenu({ x: event.clientX, y: event.clientY });
        }}
      >
        {people !== undefined ? (
          // In the place of the file's sign, which its name tells too: for one person nothing moves.
          <span className="tab__people">
            <AvatarStack people={people} />
          </span>
        ) : path !== undefined ? (
          <FileIcon path={path} size={14} />
        ) : (
          Icon !== undefined && <Icon size={14} strokeWidth={1.75} aria-hidden />
        )}
        <span className="tab__title">{title}</span>
        {folder !== undefined && <span className="tab__folder">{folder}</span>}
        {dot !== undefined && dot !== "deleted" && <span className={`tab__dot tab__dot--${dot}`} />}
        {/* For the pointer: the keyboard has Delete, and a tab may hold no other control. */}
        <span
          className="tab__close"
          data-tip={`Close ${title}`}
          aria-hidden
          onPointerDown={(event) => event.stopPropagation()}
          onPointerUp={(event) => event.stopPropagation()}
          onClick={close}
        >
          <X size={14} strokeWidth={1.75} aria-hidden />
        </span>
      </div>
      {menu !== undefined && (
        <Menu label={title} items={items} anchor={menu} onClose={() => setMenu(undefined)} />
      )}
    </>
  );
}

function scrollToTab(tab: HTMLElement | null): void {
  tab?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
}

type Dot = "sending" | "unsent" | "failed" | "deleted" | "running" | "unread" | undefined;

/** The one thing about a pane that has to be seen from outside. */
function dotOf(state: IdeState, id: string): Dot {
  const pane = parsePane(id);
  if (pane?.kind === "console") return state.run.running ? "running" : undefined;
  if (pane?.kind === "shell") {
    return state.shell.shells[pane.name]?.kind === "failed" ? "failed" : undefined;
  }
  if (pane?.kind === "chat") return state.chat.unread > 0 ? "unread" : undefined;
  if (pane?.kind !== "file") return undefined;
  const saved = savedState(state.ot.documents[pane.path]);
  return saved === "saved" || saved === "opening" ? undefined : saved;
}
