import { createStore, type StoreApi } from "zustand/vanilla";
import { imagesAsWords } from "#common/chat/images.ts";
import { parseChatLines, type ChatLine, type PlaceMark } from "#common/chat/log.ts";
import { assertNever } from "#common/lib/assertNever.ts";
import type { Cell } from "#common/lib/cell.ts";
import type { Cancel, Clock } from "#common/lib/clock.ts";
import type { Random } from "#common/lib/random.ts";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import type { Client, ClientEvent } from "#protocol/client.ts";
import type { Role } from "#protocol/services/control.ts";
import type { View } from "#protocol/services/presence.ts";
import {
  applyChat,
  applyChatLog,
  CHAT_LOG,
  createChatActions,
  initialChat,
  type ChatActions,
  type ChatState,
} from "./chat.ts";
import { createChatImages, type ChatImages } from "./chat/images.ts";
import type { ChatJournal } from "./chat/journal.ts";
import { createPlaces, sharedText, type FoundPlace } from "./chat/places.ts";
import { isMentioned } from "./chat/mentions.ts";
import {
  canEdit,
  applyControl,
  createControlActions,
  initialControl,
  isLive,
  type ControlActions,
  type ControlState,
} from "./control.ts";
import {
  applyFiles,
  createFilesActions,
  initialFiles,
  type FilesActions,
  type FilesState,
} from "./files.ts";
import { moved } from "./files/paths.ts";
import {
  applyMetadata,
  createMetadataActions,
  METADATA_KEYS,
  initialMetadata,
  type MetadataActions,
  type MetadataState,
} from "./metadata.ts";
import { newComments, type CommentInThread } from "./metadata/threads.ts";
import {
  applyOt,
  describeStranded,
  initialOt,
  storeProblem,
  strandedEdits,
  unsentEdits,
  type OtState,
} from "./ot.ts";
import { whereabouts } from "./ot/whereabouts.ts";
import {
  applyPresence,
  createPresenceActions,
  initialPresence,
  otherPerson,
  participants,
  renamePerson,
  type PresenceActions,
  type PresenceState,
} from "./presence.ts";
import { applyRun, createRunActions, initialRun, type RunActions, type RunState } from "./run.ts";
import {
  applyShell,
  createShellActions,
  initialShell,
  type ShellActions,
  type ShellState,
} from "./shell.ts";
import {
  applyNewComments,
  createCommentsActions,
  initialComments,
  neighbour,
  type CommentsActions,
  type CommentsState,
} from "./ui/comments.ts";
import {
  createEditorsActions,
  initialEditors,
  type EditorsActions,
  type EditorsState,
} from "./ui/editors.ts";
import { followGroup, goAlong, isInFront, placeOf, placeTitle, toldPane } from "./ui/follow.ts";
import {
  createHistoryActions,
  initialHistory,
  type HistoryActions,
  type HistoryState,
} from "./ui/history.ts";
import type { Host, Poster } from "./ui/host.ts";
import {
  createInvitesActions,
  initialInvites,
  type InvitesActions,
  type InvitesState,
} from "./ui/invites.ts";
import type { Platform } from "./ui/keys.ts";
import { recallRoom, rememberRoom } from "./ui/knownRoom.ts";
import {
  activeFile,
  activePane,
  createLayoutActions,
  followMoves,
  recallLayout,
  rememberLayout,
  showFile,
  showPane,
  type LayoutActions,
  type LayoutState,
} from "./ui/layout.ts";
import type { Memory } from "./ui/memory.ts";
import {
  createNotificationActions,
  initialNotifications,
  type NotificationActions,
  type NotificationsState,
} from "./ui/notifications.ts";
import {
  createOverlayActions,
  initialOverlay,
  type OverlayActions,
  type OverlayState,
} from "./ui/overlay.ts";
import { CHAT_PANE, CONSOLE_PANE, fileOfPane, PREVIEW_PANE } from "./ui/panes.ts";
import {
  askedAddress,
  createPreviewActions,
  initialPreview,
  type PreviewActions,
  type PreviewState,
} from "./ui/preview.ts";
import {
  createSearchActions,
  initialSearch,
  type SearchActions,
  type SearchState,
} from "./ui/search.ts";
import {
  createSettingsActions,
  recallSettings,
  rememberSettings,
  type SettingsActions,
  type SettingsState,
} from "./ui/settings.ts";

export interface IdeState {
  readonly control: ControlState;
  readonly files: FilesState;
  readonly ot: OtState;
  readonly shell: ShellState;
  readonly run: RunState;
  readonly chat: ChatState;
  readonly presence: PresenceState;
  readonly metadata: MetadataState;
  readonly comments: CommentsState;
  readonly layout: LayoutState;
  readonly settings: SettingsState;
  readonly notifications: NotificationsState;
  readonly overlay: OverlayState;
  readonly invites: InvitesState;
  readonly preview: PreviewState;
  readonly search: SearchState;
  readonly editors: EditorsState;
  readonly history: HistoryState;
  /** What the host sent with the page, until the room itself is there. */
  readonly poster: Poster | undefined;
}

export interface IdeActions {
  readonly control: ControlActions;
  readonly files: FilesActions;
  readonly shell: ShellActions;
  readonly run: RunActions;
  readonly chat: ChatActions;
  readonly presence: PresenceActions;
  readonly metadata: MetadataActions;
  readonly comments: CommentsActions;
  readonly layout: LayoutActions;
  readonly settings: SettingsActions;
  readonly notifications: NotificationActions;
  readonly overlay: OverlayActions;
  readonly invites: InvitesActions;
  readonly preview: PreviewActions;
  readonly search: SearchActions;
  readonly editors: EditorsActions;
  readonly history: HistoryActions;
  /** Waits until everything typed is on disk, and says so. */
  save(): Promise<void>;
  /** Shows what a message speaks of, wherever it is by now. */
  openMark(mark: PlaceMark): Promise<void>;
  /** Where the text of a mark is by now; undefined when nobody can tell. */
  findMark(mark: PlaceMark): Promise<FoundPlace | undefined>;
  /** Says in the chat what is selected in a pane's editor, with a link that leads there. */
  shareSelection(pane: string): Promise<void>;
  /** Shows a place of a file; lines and columns count from 1. */
  openPlace(path: string, line: number, column: number): void;
  /** Opens the comments of a thread, at their text. */
  showThread(id: string): void;
  /** Goes to the open thread before or after the one that is shown, in all files. */
  stepThread(step: 1 | -1): void;
  /** Goes to where somebody is, or was. */
  goTo(view: View): void;
  /** Asks everyone else to come to where I am; they go if they want to. */
  callTogether(): void;
  /** Copies the invite link of a role, once the links were loaded. */
  inviteByLink(role: Role): void;
  /** Hands a file to the browser to be kept. */
  download(path: string): void;
  /** The same with text that is in no file. */
  downloadText(name: string, text: string): void;
  /** Puts text on the clipboard and says so; `what` names it. */
  copy(text: string, what: string): Promise<void>;
}

/** What the page provides, so that a test can provide it too. */
export interface IdeEnvironment {
  readonly clock: Clock;
  readonly random: Random;
  readonly memory: Memory;
  readonly chatJournal: ChatJournal;
  readonly host: Host;
  readonly platform: Platform;
  /** Whether shortcuts are of any use. */
  readonly hasKeyboard: boolean;
  /** The invite, which tells apart the rooms that this device remembers. */
  readonly room: string;
  /** What the host sends along with the page, readable before anything else is. */
  readonly poster: Promise<Poster | undefined>;
  /** Puts text on the clipboard; false where the browser refuses. */
  readonly writeClipboard: (text: string) => Promise<boolean>;
  /** A short sound, where the browser allows it. */
  readonly chime: () => void;
  /** Lets the browser keep bytes as a file. */
  readonly saveFile: (name: string, bytes: Uint8Array) => void;
}

/** One page's whole state, and everything that can be done with it. */
export interface Ide extends Pick<IdeEnvironment, "clock" | "random" | "platform" | "hasKeyboard"> {
  readonly images: ChatImages;
  readonly store: StoreApi<IdeState>;
  readonly actions: IdeActions;
  readonly client: Client;
  /** Ends subscriptions and timers; the client is its maker's to close. */
  dispose(): void;
}

/** Whoever is asked to come may be in the middle of a sentence. */
const CALL_SHOWN_MS = 30_000;

/** So long after a text has told of itself, it is known whether its file is there. */
const STRANDED_AFTER_MS = 1_000;

/** Joins the slices and feeds them what the client tells: one update of the store per batch. */
export function createIde(client: Client, environment: IdeEnvironment): Ide {
  const { clock, random, memory, host, platform, chatJournal } = environment;
  const layoutKey = `tandem.layout.${environment.room}`;
  const store = createStore<IdeState>(() => ({
    control: { ...initialControl, ...recallRoom(memory, environment.room) },
    files: initialFiles,
    ot: initialOt,
    shell: initialShell,
    run: initialRun,
    chat: initialChat,
    presence: initialPresence,
    metadata: initialMetadata,
    comments: initialComments,
    layout: recallLayout(memory, layoutKey),
    settings: recallSettings(memory),
    notifications: initialNotifications,
    overlay: initialOverlay,
    invites: initialInvites,
    preview: initialPreview,
    search: initialSearch,
    editors: initialEditors,
    history: initialHistory,
    poster: undefined,
  }));

  const cell = <K extends keyof IdeState>(slice: K): Cell<IdeState[K]> => ({
    get: () => store.getState()[slice],
    update: (change) =>
      store.setState((state) => ({ [slice]: change(state[slice]) }) as Pick<IdeState, K>),
  });

  const overlay = createOverlayActions(cell("overlay"));
  const notifications = createNotificationActions(
    cell("notifications"),
    clock,
    () => store.getState().settings.quiet,
  );
  const editors = createEditorsActions(client, cell("editors"));
  const layout = createLayoutActions(cell("layout"));
  const places = createPlaces(client, clock);
  const images = createChatImages(host);
  const actions: IdeActions = {
    control: createControlActions(client, (name) => memory.write("tandem.name", name)),
    files: createFilesActions(client, cell("files")),
    shell: createShellActions(client),
    run: createRunActions(client, cell("run")),
    chat: createChatActions(client, cell("chat"), {
      random,
      places,
      images,
      journal: chatJournal,
    }),
    presence: createPresenceActions(client, cell("presence"), {
      followGroup: () => followGroup(store.getState().layout),
      rememberColor: (color) => memory.write("tandem.color", color),
    }),
    metadata: createMetadataActions(client, random),
    comments: createCommentsActions(cell("comments")),
    layout,
    settings: createSettingsActions(cell("settings")),
    notifications,
    overlay,
    invites: createInvitesActions(host, cell("invites")),
    preview: createPreviewActions(host, cell("preview")),
    search: createSearchActions(client, cell("search"), clock),
    editors,
    history: createHistoryActions(client, cell("history"), layout),
    async save() {
      if (strandedEdits(store.getState().ot).length > 0) return overlay.open({ kind: "stranded" });
      const problem = storeProblem(store.getState().ot);
      if (problem !== undefined) {
        notifications.notify({ tone: "error", text: `Not saved: ${problem}` });
        return;
      }
      await editors.flushAll();
      const unsent = unsentEdits(store.getState().ot);
      const path = fileOfPane(activePane(store.getState().layout));
      const mayMark = path !== undefined && unsent === 0 && canEdit(store.getState().control);
      if (mayMark) void actions.history.markSaved(path);
      notifications.notify(
        unsent === 0
          ? { tone: "success", text: "Everything is saved. Edits are saved as you type." }
          : { text: `${unsent} edits will be saved when the connection is back.` },
      );
    },
    openPlace(path, line, column) {
      actions.layout.openFile(path);
      const pane = activePane(store.getState().layout);
      if (pane !== undefined) editors.reveal(pane, line, column);
    },
    showThread(id) {
      const thread = store.getState().metadata.threads.find((other) => other.id === id);
      if (thread === undefined) return;
      actions.layout.openFile(thread.path);
      actions.comments.show(id);
    },
    stepThread(step) {
      const { metadata, comments } = store.getState();
      const next = neighbour(metadata.threads, comments.thread, step);
      if (next !== undefined) actions.showThread(next.id);
    },
    goTo({ pane, line }) {
      const path = fileOfPane(pane);
      if (path !== undefined && line !== undefined) actions.openPlace(path, line, 1);
      else if (path !== undefined) actions.layout.openFile(path);
      else actions.layout.show(pane);
      editors.focus(activePane(store.getState().layout) ?? "");
    },
    callTogether() {
      const { layout: now, presence, control, editors: open } = store.getState();
      const front = activePane(now);
      const told = toldPane(front);
      if (told === undefined) {
        notifications.notify({ text: "Nobody can come here: show a file or a shared tool first." });
        return;
      }
      const line = open.statuses[front ?? ""]?.line;
      actions.presence.callTogether(line === undefined ? { pane: told } : { pane: told, line });
      const others = participants(presence, control.self?.session).length - 1;
      const who = others === 1 ? otherPerson(presence, control.self?.session) : `${others} people`;
      notifications.notify({ text: `Asked ${who} to come here.` });
    },
    findMark: (mark) => places.find(mark),
    async openMark(mark) {
      const found = await places.find(mark);
      if (found === undefined) {
        const [, line = 1] = /:(\d+)/.exec(mark.label) ?? [];
        return actions.openPlace(mark.path, Number(line), 1);
      }
      actions.openPlace(mark.path, found.line, found.column);
      if (found.isRemoved) {
        notifications.notify({ text: `What ${mark.label} meant is gone; this is where it was.` });
      }
    },
    async shareSelection(pane) {
      const path = fileOfPane(pane);
      const handle = editors.handle(pane);
      if (path === undefined || handle === undefined) return;
      const mark = await places.mark(path, () => handle.selection());
      if (mark === undefined) {
        const text = "There is nothing to share here, or no connection.";
        return notifications.notify({ tone: "error", text });
      }
      showChat();
      await actions.chat.say(sharedText(mark), { places: [mark] });
    },
    inviteByLink(role) {
      const { links, failure } = store.getState().invites;
      const url = links?.find((link) => link.role === role)?.url;
      const text = failure ?? "There is no link for this role.";
      if (url === undefined) notifications.notify({ tone: "error", text });
      else void actions.copy(url, "Invite link");
    },
    download: (path) => void download(path),
    downloadText: (name, text) => environment.saveFile(name, encodeUtf8(text)),
    async copy(text, what) {
      const done = await environment.writeClipboard(text);
      notifications.notify(
        done
          ? { tone: "success", text: `${what} copied.` }
          : { tone: "error", text: `The browser did not allow copying. ${what}: ${text}` },
      );
    },
  };

  async function download(path: string): Promise<void> {
    const { bytes, failure } = await actions.files.read(path);
    if (bytes !== undefined) environment.saveFile(path.slice(path.lastIndexOf("/") + 1), bytes);
    else notifications.notify({ tone: "error", text: failure ?? "The file could not be read." });
  }

  const endEvents = client.onEvents((events) => {
    const nowMs = clock.now();
    const before = store.getState();
    store.setState((state) =>
      events.reduce((next, event) => applyEvent(next, event, nowMs), state),
    );
    for (const found of commentsSince(before, store.getState())) tellComment(found);
    for (const event of events) react(event);
  });

  /** What an event causes outside the state: requests, notices and timers. */
  function react({ slice, event }: ClientEvent): void {
    if (slice === "control") {
      const isBack = event.kind === "connection" && event.state.kind === "connected";
      // It was asked for in vain meanwhile; what has an answer keeps itself up to date.
      if (isBack && store.getState().files.failure !== undefined) void actions.files.openRoot();
      if (isBack) tellStrandedSoon();
      if (event.kind === "toast") notifications.notify({ text: event.text });
      if (event.kind === "port-opened") {
        void actions.preview.show(event.port.port);
        notifications.announce(`Port ${event.port.port} is open; the preview shows it.`);
      }
      if (event.kind === "port-closed") {
        actions.preview.handleClosed(event.port, store.getState().control.ports);
      }
    }
    if (slice === "metadata" && event.key === CHAT_LOG) {
      // It may tell where a file has gone.
      tellStrandedSoon();
      // The whole log comes with each connection: what of mine is not in it has not arrived.
      if (event.kind === "value") {
        actions.chat.sendWaiting();
        void actions.chat.takeLeft();
      }
      if (event.kind === "added") {
        for (const line of parseChatLines(event.text)) tellCall(line);
      }
    }
    if (slice === "presence") reactToPresence(event);
    if (slice === "ot" && event.kind === "merged") tellMerge(event.path);
    if (slice === "ot" && event.kind === "document") tellStrandedSoon();
    if (slice === "ot" && event.kind === "journal" && event.problem !== undefined) {
      const text = `This browser cannot keep what you type: ${event.problem}. Until it is saved, it is in this tab only.`;
      notifications.notify({ tone: "error", text });
    }
    if (slice === "run" && event.kind === "exited") {
      notifications.announce(`The program ended with status ${event.code}.`);
    }
    if (slice === "run" && event.kind === "running") notifications.announce("Running.");
  }

  /** The container has come back with another text, and the two were put together. */
  function tellMerge(path: string): void {
    const name = path.slice(path.lastIndexOf("/") + 1);
    notifications.notify({
      text: `${name}: the container came back with an older text. Nothing that was here is lost.`,
      action: {
        label: "See difference",
        isLasting: true,
        run: () => overlay.open({ kind: "merge", path }),
      },
    });
  }

  const toldStranded = new Set<string>();
  let cancelStranded: Cancel | undefined;

  /** Several files may be found gone together; and one that was only slow to come is none of them. */
  function tellStrandedSoon(): void {
    cancelStranded ??= clock.after(STRANDED_AFTER_MS, () => {
      cancelStranded = undefined;
      void Promise.all([followMovedFiles(), lookForKept()]).then(tellStranded);
    });
  }

  /** Where my link lets me only look, nobody sends what I have typed by another one. */
  async function lookForKept(): Promise<void> {
    if (canEdit(store.getState().control)) return;
    const kept = await client.ot.keptEdits();
    if (kept.length === 0 && store.getState().ot.kept.length === 0) return;
    store.setState(({ ot }) => ({ ot: { ...ot, kept } }));
  }

  const following = new Set<string>();
  /** Edits whose file has another name by now go there. */
  async function followMovedFiles(): Promise<void> {
    const { ot, control } = store.getState();
    if (!isLive(control) || !canEdit(control)) return;
    for (const { path, problem } of strandedEdits(ot)) {
      if (problem !== undefined || following.has(path)) continue;
      following.add(path);
      await followMovedFile(path);
      following.delete(path);
    }
  }

  async function followMovedFile(path: string): Promise<void> {
    for (const to of whereabouts(path, store.getState().chat.items ?? [])) {
      if (!(await client.ot.followEdits(path, to))) continue;
      const follow = (each: string) => (each === path ? to : each);
      store.setState(({ layout: now }) => ({ layout: followMoves(now, follow) }));
      notifications.notify({
        text: `${path} is ${to} now; your edits have gone there.`,
        action: { label: "Open", run: () => layout.openFile(to) },
      });
      return;
    }
  }

  function tellStranded(): void {
    const { ot, control } = store.getState();
    if (!isLive(control)) return;
    const stranded = strandedEdits(ot);
    for (const path of toldStranded) {
      if (!stranded.some((each) => each.path === path)) toldStranded.delete(path);
    }
    const news = stranded.filter(({ path }) => !toldStranded.has(path));
    for (const { path } of news) toldStranded.add(path);
    const [first] = news;
    if (first === undefined) return;
    notifications.notify({
      tone: "error",
      text:
        news.length === 1
          ? describeStranded(first)
          : `${news.length} files cannot be found or edited, and edits of yours are not in them.`,
      action: { label: "Show", isLasting: true, run: () => overlay.open({ kind: "stranded" }) },
    });
  }

  /** Somebody else calls me by name, while I do not see it. */
  function tellCall({ entry, userId, name }: ChatLine): void {
    const { chat, control, settings } = store.getState();
    const { self } = control;
    if (entry.kind !== "said" || self === undefined || userId === self.userId) return;
    if (chat.visible || !isMentioned(self.name, entry.text)) return;
    notifications.notify({
      text: `${name}: ${shortened(entry.text)}`,
      action: { label: "Open the chat", isLasting: true, run: () => showChat() },
    });
    if (settings.sound && !settings.quiet) environment.chime();
  }
  /** Somebody else calls me in a comment, or answers where I have written. */
  function tellComment({ thread, comment }: CommentInThread): void {
    const { comments, control, settings } = store.getState();
    const { self } = control;
    if (self === undefined || comments.isListed || comments.thread === thread.id) return;
    const isAnswer = thread.comments.some(({ userId }) => userId === self.userId);
    if (!isAnswer && !isMentioned(self.name, comment.text)) return;
    const name = thread.path.slice(thread.path.lastIndexOf("/") + 1);
    notifications.notify({
      text: `${comment.name} on ${name}: ${shortened(comment.text)}`,
      action: {
        label: "Open the comment",
        isLasting: true,
        run: () => actions.showThread(thread.id),
      },
    });
    if (settings.sound && !settings.quiet) environment.chime();
  }
  function showChat(): void {
    const { drawer, room } = store.getState().layout;
    if (drawer !== "chat" || room === "phone") layout.toggleDrawer("chat");
    editors.focus(CHAT_PANE);
  }

  function reactToPresence(event: EventOf<"presence">): void {
    if (event.kind !== "follows" && event.kind !== "called") return;
    const { people } = store.getState().presence;
    const name = people.find(({ session }) => session === event.session)?.name ?? "Someone";
    if (event.kind === "follows") {
      notifications.announce(event.following ? `${name} follows you` : `${name} stopped following`);
      actions.presence.showFollowers();
      return;
    }
    const { view } = event;
    if (toldPane(view.pane) === undefined) return;
    notifications.notify({
      text: `${name} asks everyone to come to ${placeTitle(view)}`,
      action: { label: "Go there", isLasting: true, run: () => actions.goTo(view) },
      shownMs: CALL_SHOWN_MS,
    });
  }

  function lookAround(): void {
    const { layout: now } = store.getState();
    actions.presence.lookAt(activeFile(now), toldPane(activePane(now)));
  }

  let isGoingAlong = false;
  /** Goes where those go whom I follow, and stays behind when I turn to something else. */
  function follow(state: IdeState, previous: IdeState): void {
    for (const following of state.presence.following) {
      const { session, paused, group, pane } = following;
      if (paused) continue;
      const before = previous.presence.following.find((each) => each.session === session);
      const isAgain = before === undefined || before.paused;
      const place = placeOf(state.presence, session);
      const past = isAgain ? undefined : placeOf(previous.presence, session);
      if (place !== undefined && place.pane !== past?.pane) {
        const how = { group, before: isAgain ? undefined : pane };
        const along = goAlong(store.getState().layout, place, how);
        actions.presence.followedTo(session, along.pane);
        isGoingAlong = true;
        store.setState({ layout: along.layout });
        isGoingAlong = false;
      } else if (
        // What going along with somebody else covers I have not left.
        !isGoingAlong &&
        pane !== undefined &&
        isInFront(previous.layout, pane) &&
        !isInFront(state.layout, pane)
      ) {
        actions.presence.pauseFollowing(pane);
      }
      const address = place?.pane === PREVIEW_PANE ? place.address : undefined;
      const isNews = address !== past?.address && address !== askedAddress(state.preview);
      if (address !== undefined && isNews) void actions.preview.navigate(address);
    }
  }

  const endMemory = store.subscribe((state, previous) => {
    if (state.settings !== previous.settings) rememberSettings(memory, state.settings);
    if (state.control !== previous.control) {
      const { repl, role } = state.control;
      const isNews = repl !== previous.control.repl || role !== previous.control.role;
      if (isNews && repl !== undefined && role !== undefined) {
        rememberRoom(memory, environment.room, { repl, role });
      }
    }
    follow(state, previous);
    if (state.preview !== previous.preview) {
      actions.presence.addressed(PREVIEW_PANE, askedAddress(state.preview));
    }
    if (state.overlay !== previous.overlay && state.overlay.open?.kind === "palette") {
      void actions.files.listAll();
    }
    if (state.overlay !== previous.overlay && state.overlay.open?.kind === "invite") {
      void actions.invites.load();
    }
    if (state.layout === previous.layout) return;
    rememberLayout(memory, layoutKey, state.layout);
    if (activePane(state.layout) !== activePane(previous.layout)) lookAround();
  });
  lookAround();
  const color = memory.read("tandem.color");
  if (typeof color === "number") actions.presence.setColor(color);
  void environment.poster.then((poster) => store.setState((state) => applyPoster(state, poster)));
  void actions.files.openRoot();
  void actions.chat.takeLeft();
  chatJournal.onLeft(() => void actions.chat.takeLeft());
  for (const key of METADATA_KEYS) client.metadata.watch(key);

  return {
    store,
    actions,
    client,
    images,
    clock,
    random,
    platform,
    hasKeyboard: environment.hasKeyboard,
    dispose() {
      endEvents();
      endMemory();
      cancelStranded?.();
      notifications.clear();
    },
  };
}

/** A device that knows nothing of the room begins with the project's main file. */
export function applyPoster(state: IdeState, poster: Poster | undefined): IdeState {
  if (poster === undefined) return state;
  const { repl, role, file } = poster;
  const first = file !== undefined && activeFile(state.layout) === undefined;
  return {
    ...state,
    poster,
    control: { ...state.control, repl, role },
    layout: first ? showFile(state.layout, file.path) : state.layout,
  };
}

/** The state after one event: its own slice's, and what others draw from it. */
export function applyEvent(
  state: IdeState,
  { slice, event }: ClientEvent,
  nowMs: number,
): IdeState {
  switch (slice) {
    case "control": {
      const control = applyControl(state.control, event, nowMs);
      // The pane of the first server comes to the front, and no later one takes it away.
      const first = event.kind === "port-opened" && state.control.ports.length === 0;
      // My own name is told to the others only.
      const presence =
        event.kind === "self" ? renamePerson(state.presence, event.self) : state.presence;
      return {
        ...state,
        control,
        presence,
        layout: first ? bringUp(state.layout, PREVIEW_PANE) : state.layout,
      };
    }
    case "files":
      return applyFilesEvent(state, event);
    case "ot":
      return { ...state, ot: applyOt(state.ot, event) };
    case "shell":
      return { ...state, shell: applyShell(state.shell, event) };
    case "run": {
      const run = applyRun(state.run, event, nowMs);
      if (!run.running || state.run.running) return { ...state, run };
      return { ...state, run, layout: bringUp(state.layout, CONSOLE_PANE) };
    }
    case "chat":
      return { ...state, chat: applyChat(state.chat, event) };
    case "presence":
      return applyPresenceEvent(state, event);
    case "metadata": {
      const next = {
        ...state,
        metadata: applyMetadata(state.metadata, event),
        chat: applyChatLog(state.chat, event, state.control.self?.userId),
      };
      return { ...next, comments: applyNewComments(state.comments, commentsSince(state, next)) };
    }
    default:
      return assertNever(slice);
  }
}

/** The beginning of a message, as words. */
function shortened(text: string): string {
  const words = imagesAsWords(text);
  return words.length > 120 ? `${words.slice(0, 120)}…` : words;
}

/** What others have commented meanwhile; of what is found on arriving, nothing is news. */
function commentsSince(before: IdeState, { metadata, control }: IdeState) {
  const { threads, hasThreads } = before.metadata;
  return hasThreads ? newComments(threads, metadata.threads, control.self?.userId) : [];
}

/** Shows a tool without taking a phone's screen or the keyboard from what a person does. */
function bringUp(layout: LayoutState, pane: string): LayoutState {
  const { activeGroup, phoneTab } = layout;
  return { ...showPane(layout, pane), activeGroup, phoneTab };
}

type EventOf<S extends ClientEvent["slice"]> = Extract<ClientEvent, { slice: S }>["event"];

function applyFilesEvent(state: IdeState, event: EventOf<"files">): IdeState {
  const files = applyFiles(state.files, event);
  if (event.kind !== "moved") return { ...state, files };
  const layout = followMoves(state.layout, (path) => moved(path, event.path, event.to));
  return { ...state, files, layout };
}

function applyPresenceEvent(state: IdeState, event: EventOf<"presence">): IdeState {
  const presence = applyPresence(state.presence, event);
  const line = presenceLine(state, event);
  return {
    ...state,
    presence,
    ...(line !== undefined && {
      notifications: { ...state.notifications, announcement: line },
    }),
  };
}

/** Who came and who left; a second tab of someone who is here is neither. */
function presenceLine(state: IdeState, event: EventOf<"presence">): string | undefined {
  const { people } = state.presence;
  if (event.kind === "joined") {
    const { userId, session, name } = event.person;
    const known = people.some((other) => other.userId === userId || other.session === session);
    return known ? undefined : `${name} joined`;
  }
  if (event.kind !== "left") return undefined;
  const person = people.find(({ session }) => session === event.session);
  if (person === undefined) return undefined;
  const stays = people.some(
    ({ userId, session }) => userId === person.userId && session !== event.session,
  );
  return stays ? undefined : `${person.name} left`;
}
