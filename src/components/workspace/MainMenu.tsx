import { Command, Keyboard, Menu as MenuIcon, Monitor, Moon, Settings, Sun } from "lucide-react";
import { useActions, useIde, useIdeContext, useShortcut } from "#store/hooks.tsx";
import { runCommand } from "#store/ui/commands.ts";
import type { Theme } from "#store/ui/settings.ts";
import { MenuButton } from "../ui/MenuButton.tsx";

const themes: readonly {
  readonly theme: Theme;
  readonly label: string;
  readonly icon: typeof Sun;
}[] = [
  { theme: "system", label: "Theme of the system", icon: Monitor },
  { theme: "light", label: "Light theme", icon: Sun },
  { theme: "dark", label: "Dark theme", icon: Moon },
];

/** What is not worth a button of its own. */
export function MainMenu() {
  const ide = useIdeContext();
  const actions = useActions();
  const current = useIde((state) => state.settings.theme);
  const commandKeys = useShortcut("go.command");
  const helpKeys = useShortcut("help.shortcuts");
  const settingsKeys = useShortcut("view.settings");
  return (
    <MenuButton
      icon={MenuIcon}
      label="Menu"
      items={[
        {
          label: "All commands",
          icon: Command,
          shortcut: commandKeys,
          onSelect: () => runCommand(ide, "go.command"),
        },
        {
          label: "Keyboard shortcuts",
          icon: Keyboard,
          shortcut: helpKeys,
          onSelect: () => runCommand(ide, "help.shortcuts"),
        },
        {
          label: "Settings",
          icon: Settings,
          shortcut: settingsKeys,
          onSelect: () => runCommand(ide, "view.settings"),
        },
        ...themes.map(({ theme, label, icon }, index) => ({
          label,
          icon,
          checked: theme === current,
          separated: index === 0,
          onSelect: () => actions.settings.set({ theme }),
        })),
        {
          label: "Reset the arrangement",
          separated: true,
          onSelect: () => runCommand(ide, "view.reset"),
        },
      ]}
    />
  );
}
