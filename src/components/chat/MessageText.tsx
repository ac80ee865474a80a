import { filePane } from "#store/ui/panes.ts";
import { useActions } from "#store/hooks.tsx";
import { messageParts } from "./messageParts.ts";

/** A message with its code, its addresses and its places in files. */
export function MessageText({ text }: { readonly text: string }) {
  const actions = useActions();
  return (
    <div className="chat__text">
      {messageParts(text).map((part, index) => {
        switch (part.kind) {
          case "text":
            return part.text;
          case "code":
            return <code key={index}>{part.text}</code>;
          case "block":
            return <pre key={index}>{part.text}</pre>;
          case "url":
            return (
              <a key={index} href={part.text} target="_blank" rel="noopener noreferrer">
                {part.text}
              </a>
            );
          case "place":
            return (
              <button
                key={index}
                type="button"
                className="chat__place"
                onClick={() => {
                  actions.layout.openFile(part.path);
                  actions.editors.reveal(filePane(part.path), part.line, 1);
                }}
              >
                {part.text}
              </button>
            );
          default:
            return part satisfies never;
        }
      })}
    </div>
  );
}
