import { DoorClosed } from "lucide-react";
import { useState } from "react";
import { useIde } from "#store/hooks.tsx";
import { Button } from "../ui/Button.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Logo } from "./Logo.tsx";
import "./NotIn.css";

/** The door, for whoever has no link or one that does not hold any more. */
export function NotIn() {
  const connection = useIde((state) => state.control.connection);
  const [link, setLink] = useState("");
  const reason = connection.kind === "ended" ? connection.reason : "";
  const go = () => {
    if (!URL.canParse(link)) return;
    window.location.assign(link);
    // A link that differs in its fragment only does not load the page by itself.
    window.location.reload();
  };
  return (
    <main className="not-in">
      <Logo size={32} />
      <Empty icon={DoorClosed} title="You are not in this room" detail={reason}>
        <form
          className="not-in__form"
          onSubmit={(event) => {
            event.preventDefault();
            go();
          }}
        >
          <input
            className="field"
            value={link}
            placeholder="Paste an invite link"
            aria-label="Invite link"
            onChange={(event) => setLink(event.target.value.trim())}
          />
          <Button look="primary" type="submit" disabled={!URL.canParse(link)}>
            Enter
          </Button>
        </form>
      </Empty>
    </main>
  );
}
