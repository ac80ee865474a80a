import { createRoot } from "react-dom/client";
import { createLogger } from "#common/lib/log.ts";
import { randomId, type Random } from "#common/lib/random.ts";
import { createClient } from "#protocol/client.ts";
import { BrowserJournal, type JournalRoom } from "#protocol/document/browserJournal.ts";
import { announcePage } from "#protocol/document/livingPages.ts";
import { BrowserChatJournal } from "#store/chat/browserJournal.ts";
import { canEdit } from "#store/control.ts";
import { IdeProvider } from "#store/hooks.tsx";
import { createIde, type IdeState } from "#store/store.ts";
import { browserClock, chime, keepApp, saveFile, writeClipboard } from "#store/ui/browser.ts";
import { createHttpHost, parsePoster } from "#store/ui/httpHost.ts";
import { platformOf } from "#store/ui/keys.ts";
import { createMemory } from "#store/ui/memory.ts";
import { Boundary } from "./components/ui/Boundary.tsx";
import "./components/ui/tokens.css";
import "./components/ui/base.css";
import { Workspace } from "./components/workspace/Workspace.tsx";

declare global {
  interface Window {
    /** Left by the script in `index.html`, which runs before anything else has come. */
    readonly __tandem?: { readonly invite: string | null; readonly poster: Promise<unknown> };
  }
}

/** How long the frame that `index.html` painted stays, so that the text of the poster never blinks. */
const POSTER_PATIENCE_MS = 400;

const random: Random = () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
const memory = createMemory(() => window.localStorage);
const invite = window.__tandem?.invite ?? null;
const address = new URL(".", window.location.href).href;
const page = randomId(random);
let enter: (room: JournalRoom) => void = () => {};
const room = new Promise<JournalRoom>((resolve) => (enter = resolve));
const pages = announcePage(page, browserClock);
const journal = new BrowserJournal({ page, pages, room, clock: browserClock });

const client = createClient({
  port: new Worker(new URL("./protocol/worker/main.ts", import.meta.url), { type: "module" }),
  clock: browserClock,
  random,
  log: createLogger((level, message, fields) => {
    // The one sink of this thread.
    // oxlint-disable-next-line no-console
    if (level !== "debug") console[level](message, fields);
  }),
  journal,
  start: {
    replId: new URLSearchParams(window.location.search).get("repl") ?? "",
    invite: invite ?? "",
    guest: guestSecret(),
    origin: address,
    name: remembered("tandem.name"),
  },
});

const poster = (window.__tandem?.poster ?? Promise.resolve(undefined)).then(parsePoster);
const ide = createIde(client, {
  clock: browserClock,
  random,
  memory,
  chatJournal: new BrowserChatJournal({
    page,
    pages,
    room: room.then(({ project }) => project),
    clock: browserClock,
  }),
  host: createHttpHost(invite, address),
  platform: platformOf(navigator.userAgent),
  hasKeyboard: !matchMedia("(pointer: coarse)").matches,
  room: invite ?? "",
  poster,
  writeClipboard,
  chime,
  saveFile,
});

/** Only the first time counts. */
const enterRoom = ({ control }: IdeState): void => {
  const { repl, role } = control;
  if (repl === undefined || role === undefined) return;
  enter({ project: repl.id, invite: invite ?? "", mayEdit: canEdit(control) });
};
enterRoom(ide.store.getState());
ide.store.subscribe(enterRoom);

await Promise.race([
  poster,
  new Promise<void>((resolve) => browserClock.after(POSTER_PATIENCE_MS, resolve)),
]);
const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <IdeProvider ide={ide}>
      <Boundary name="The workspace">
        <Workspace />
      </Boundary>
    </IdeProvider>,
  );
}

// While the app is being developed, each page is to be the newest.
if (import.meta.env.PROD) keepApp(address);

/** By which the host knows a guest again; it says nothing about them. */
function guestSecret(): string {
  const known = remembered("tandem.guest");
  if (known !== "") return known;
  const secret = Array.from({ length: 3 }, () => randomId(random)).join("");
  memory.write("tandem.guest", secret);
  return secret;
}

function remembered(key: string): string {
  const value = memory.read(key);
  return typeof value === "string" ? value : "";
}
