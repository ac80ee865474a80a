import type { Sending } from "#store/chat.ts";
import { useActions, useIde } from "#store/hooks.tsx";
import { initials } from "#store/presence.ts";
import { authorOf } from "#store/ui/authors.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Button } from "../ui/Button.tsx";
import { MessageText } from "../ui/markup/MessageText.tsx";
import { Attachments } from "./Attachments.tsx";

/** My message until the container has it, or the reason why it has not. */
export function SendingMessage({ message }: { readonly message: Sending }) {
  const { chat } = useActions();
  const me = useIde((state) => state.control.self?.name ?? "");
  const color = useIde((state) => authorOf(state, state.control.self?.userId ?? 0).color);
  const { id, text, images, failure, waits } = message;
  return (
    <div className="chat__group">
      <Avatar initials={initials(me)} color={color ?? 0} sizePx={28} />
      <div>
        <div className="chat__message chat__message--sending">
          <MessageText text={text} />
          <Attachments images={images} />
        </div>
        {failure !== undefined && (
          <div className="chat__failure" role="alert">
            {waits ? "It will be sent when the connection is back." : `Not sent: ${failure}`}
            <Button small look="quiet" onClick={() => void chat.retry(id)}>
              Try again
            </Button>
            <Button small look="quiet" onClick={() => chat.discard(id)}>
              Discard
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}
