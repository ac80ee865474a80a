import { ExternalLink, Globe, RotateCw, TriangleAlert } from "lucide-react";
import { useState, type FormEvent } from "react";
import { isUnreached } from "#store/control.ts";
import { useActions, useIde } from "#store/hooks.tsx";
import { previewAddress } from "#store/ui/preview.ts";
import { Button } from "../ui/Button.tsx";
import { Empty } from "../ui/Empty.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { NotConnected } from "../ui/NotConnected.tsx";
import "./PreviewPane.css";

/**
 * What the program serves, on an origin of its own. The page in the frame is a stranger: it may run
 * scripts and keep its own storage, but cannot reach this one.
 */
export function PreviewPane() {
  const actions = useActions();
  const preview = useIde((state) => state.preview);
  const ports = useIde((state) => state.control.ports);
  const unreached = useIde((state) => isUnreached(state.control));
  const address = previewAddress(preview);
  if (preview.port === undefined && unreached) {
    return <NotConnected detail="What a program serves comes with the connection." />;
  }
  if (preview.port === undefined) {
    return (
      <Empty
        icon={Globe}
        title="Nothing listens yet"
        detail="Start a server: ports that your program opens appear here by themselves."
      >
        {ports.map(({ port }) => (
          <Button key={port} onClick={() => void actions.preview.show(port)}>
            Show port {port}
          </Button>
        ))}
      </Empty>
    );
  }
  return (
    <div className="preview">
      <div className="preview__bar">
        <IconButton
          icon={RotateCw}
          label="Reload"
          size={14}
          onClick={() => actions.preview.reload()}
        />
        {ports.length > 1 && (
          <select
            className="preview__port"
            aria-label="Port"
            value={preview.port}
            onChange={({ target }) => void actions.preview.show(Number(target.value))}
          >
            {ports.map(({ port }) => (
              <option key={port} value={port}>
                {port}
              </option>
            ))}
          </select>
        )}
        <AddressBar key={`${preview.port}${preview.path}`} />
        {address !== undefined && (
          <a
            className="icon-button"
            href={address}
            target="_blank"
            rel="noopener"
            aria-label="Open in a tab"
            data-tip="Open in a tab"
          >
            <ExternalLink size={14} aria-hidden />
          </a>
        )}
      </div>
      {preview.failure !== undefined && (
        <Empty icon={TriangleAlert} title="The preview cannot be shown" detail={preview.failure}>
          <Button onClick={() => void actions.preview.navigate(preview.path)}>Try again</Button>
        </Empty>
      )}
      {address !== undefined && (
        <iframe
          key={`${preview.generation}:${preview.port}`}
          className="preview__page"
          title={`Page of port ${preview.port}`}
          src={address}
          sandbox="allow-forms allow-modals allow-popups allow-same-origin allow-scripts allow-downloads allow-pointer-lock"
          allow="clipboard-read; clipboard-write; fullscreen; autoplay"
        />
      )}
    </div>
  );
}

function AddressBar() {
  const actions = useActions();
  const { port, path } = useIde((state) => state.preview);
  const [text, setText] = useState(`localhost:${port}${path}`);
  const go = (event: FormEvent): void => {
    event.preventDefault();
    void actions.preview.navigate(text);
  };
  return (
    <form className="preview__address" onSubmit={go}>
      <input
        aria-label="Address"
        spellCheck={false}
        value={text}
        onFocus={({ target }) => target.select()}
        onChange={({ target }) => setText(target.value)}
      />
    </form>
  );
}
