import { FileCode } from "lucide-react";
import { useIde, useIdeContext, useShortcut } from "#store/hooks.tsx";
import { runCommand } from "#store/ui/commands.ts";
import { Button } from "../ui/Button.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Keys } from "../ui/Keys.tsx";

/** The place of the files while none is open. */
export function EmptyGroup() {
  const ide = useIdeContext();
  const phone = useIde((state) => state.layout.room === "phone");
  const fileKeys = useShortcut("go.file");
  return (
    <Empty
      icon={FileCode}
      title="No file is open"
      detail={
        phone
          ? "Choose one under Files, or by its name."
          : "Choose one in the tree, or by its name."
      }
    >
      <Button onClick={() => runCommand(ide, "go.file")}>
        Go to file
        {!phone && <Keys keys={fileKeys} />}
      </Button>
    </Empty>
  );
}
