/** Header of answers that say that the program is not there yet. */
export const WAITING_HEADER = "X-Tandem-Waiting";

/** Says what is wrong, and comes back by itself when the program does. */
export function waitingPage(port: number): string {
  return page(
    `Nothing answers on port ${port}`,
    `The program that listened on port ${port} has stopped, or is still starting. ` +
      "This page loads by itself as soon as it answers.",
    `<script>
      setInterval(async () => {
        try {
          const answer = await fetch(location.href, { method: "HEAD", cache: "no-store" });
          if (!answer.headers.has("${WAITING_HEADER}")) location.reload();
        } catch {}
      }, 1000);
    </script>`,
  );
}

/** For a browser that has no pass. */
export function lockedPage(): string {
  return page(
    "This preview is private",
    "Open it from the project that it belongs to: its preview pane has a button for a new tab.",
    "",
  );
}

function page(title: string, text: string, script: string): string {
  return `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width" />
  <title>${title}</title>
  <style>
    :root { color-scheme: light dark; }
    body { margin: 0; min-height: 100vh; display: grid; place-content: center; padding: 24px;
      box-sizing: border-box; font: 15px/1.5 system-ui, sans-serif; }
    main { max-width: 26em; }
    h1 { font-size: 1.2em; margin: 0 0 .5em; }
    p { margin: 0; opacity: .75; }
  </style>
  <main><h1>${title}</h1><p role="status">${text}</p></main>
  ${script}
</html>
`;
}
