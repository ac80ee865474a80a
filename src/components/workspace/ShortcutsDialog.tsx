import { useIdeContext } from "#store/hooks.tsx";
import { commands, keysOf } from "#store/ui/commands.ts";
import { keyLabel } from "#store/ui/keys.ts";
import { Dialog } from "../ui/Dialog.tsx";
import "./ShortcutsDialog.css";

/** Every command that has keys, by group. */
export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const { platform } = useIdeContext();
  const bound = commands.filter((command) => keysOf(command, platform).length > 0);
  const groups = [...new Set(bound.map(({ group }) => group))];
  return (
    <Dialog title="Keyboard shortcuts" widthPx={720} onClose={onClose}>
      <div className="shortcuts">
        {groups.map((group) => (
          <section key={group} className="shortcuts__group">
            <h3 className="shortcuts__title">{group}</h3>
            {bound
              .filter((command) => command.group === group)
              .map((command) => (
                <div key={command.id} className="shortcuts__row">
                  <span>{command.title}</span>
                  <span className="shortcuts__keys">
                    {keysOf(command, platform).map((keys) => (
                      <kbd key={keys}>{keyLabel(keys, platform)}</kbd>
                    ))}
                  </span>
                </div>
              ))}
          </section>
        ))}
      </div>
    </Dialog>
  );
}
