import { canEdit } from "#store/control.ts";
import { colorOf, type Following } from "#store/presence.ts";
import type { Ide, IdeState } from "#store/store.ts";
import { filePane } from "#store/ui/panes.ts";
import { isDark } from "#store/ui/settings.ts";
import { CommentsBinding } from "./comments/commentsBinding.ts";
import type { CommentSpot } from "./comments/threadsBinding.ts";
import { TouchComments } from "./comments/touchComments.ts";
import { MonacoBinding, type EditorLook } from "./monacoBinding.ts";
import { TextareaBinding } from "./textareaBinding.ts";

/** Why a file cannot be shown as text. */
export interface OpenProblem {
  readonly code: string;
  readonly message: string;
}

interface OpenEditorOptions {
  readonly ide: Ide;
  readonly pane: string;
  readonly path: string;
  /** The text is there, and can be read before the editor is. */
  readonly onText: (text: string) => void;
  readonly onProblem: (problem: OpenProblem) => void;
  /** The editor stands where the text stood. */
  readonly onReady: () => void;
  /** Where in the editor a comment is to be shown, while one is. */
  readonly onComment: (spot: CommentSpot | undefined) => void;
}

interface Disposable {
  dispose(): void;
}

/** Opens a file's text and puts an editor for it into `element`: the one that suits the hand. */
export async function openEditor(
  element: HTMLElement,
  { ide, pane, path, onText, onProblem, onReady, onComment }: OpenEditorOptions,
): Promise<Disposable> {
  // Monaco cannot be used by touch: no native selection, no keyboard that it understands.
  const touch = matchMedia("(pointer: coarse)").matches;
  // On its way while the text is; its failure shows where it is used.
  if (!touch) import("./monaco.ts").catch(() => {});
  const opened = await ide.client.ot.openDocument(path);
  if (!opened.ok) {
    onProblem({ code: opened.error.code, message: opened.error.message });
    return { dispose: () => {} };
  }
  const document = opened.value;
  onText(document.text());
  const { store, actions } = ide;

  if (touch) {
    const binding = new TextareaBinding(element, document, ide, pane);
    const comments = new TouchComments(ide, { pane, path, document }, binding, onComment);
    const endBlame = followBlame(ide, async (show) => {
      const { TouchBlame } = await import("./blame/touchBlame.ts");
      show(() => new TouchBlame(ide, path, binding));
    });
    onReady();
    return {
      dispose() {
        endBlame();
        comments.dispose();
        binding.dispose();
      },
    };
  }

  // The binding tells of its own first selection and scroll too; only a person's count.
  let awake = false;
  const binding = new MonacoBinding(element, document, lookOf(store.getState(), element), {
    ready: () => {
      onReady();
      goAlong();
      scrollAlong();
    },
    status: (status) => actions.editors.setStatus(pane, status),
    colorOf: (userId) => colorOf(store.getState().presence, userId),
    active: () => {
      if (awake) actions.presence.touch();
    },
    scrolled: (line) => actions.presence.scrolled(filePane(path), line),
  });

  /** Whom this pane goes along with. */
  const along = ({ presence }: IdeState): Following | undefined =>
    presence.following.find((following) => following.pane === pane && !following.paused);
  /** Shows what the followed person has scrolled to. */
  function scrollAlong(): void {
    const state = store.getState();
    const line = state.presence.views[along(state)?.session ?? 0]?.line;
    if (line !== undefined) binding.scrollTo(line);
  }
  /** Their carets have other ids with each move; by an edit of somebody else they only shift. */
  let moved = "";
  /** Keeps the followed person's caret in sight. */
  function goAlong(): void {
    const session = along(store.getState())?.session;
    const [caret] = document.cursors().filter((cursor) => cursor.session === session);
    if (caret === undefined || caret.id === moved) return;
    moved = caret.id;
    binding.show(caret.position);
  }
  const endBlame = followBlame(ide, async (show) => {
    const { BlameBinding } = await import("./blame/blameBinding.ts");
    binding.whenMounted((mounted) => show(() => new BlameBinding(ide, path, mounted)));
  });
  let comments: Disposable | undefined;
  binding.whenMounted((mounted) => {
    comments = new CommentsBinding(ide, { pane, path, document }, mounted, onComment);
    mounted.editor.addAction({
      id: "tandem.share",
      label: "Share in the Chat",
      contextMenuGroupId: "1_modification",
      run: () => void actions.shareSelection(pane),
    });
  });
  const wake = (): void => void (awake = true);
  const signs = ["pointerdown", "wheel", "keydown"] as const;
  for (const type of signs) element.addEventListener(type, wake, { passive: true });
  const ends = [
    () => {
      for (const type of signs) element.removeEventListener(type, wake);
    },
    document.onCursors(goAlong),
    store.subscribe((next, previous) => {
      if (
        next.settings !== previous.settings ||
        next.control.role !== previous.control.role ||
        next.editors.tabLeaves !== previous.editors.tabLeaves
      ) {
        binding.setLook(lookOf(next, element));
      }
      if (next.presence.colors !== previous.presence.colors) binding.refreshCarets();
      if (along(next) !== along(previous)) {
        moved = "";
        goAlong();
        scrollAlong();
      } else if (next.presence.views !== previous.presence.views) {
        scrollAlong();
      }
    }),
    actions.editors.register(pane, binding),
  ];
  return {
    dispose() {
      for (const end of ends) end();
      endBlame();
      comments?.dispose();
      binding.dispose();
      document.close();
    },
  };
}

/** Shows who wrote what while that is wanted, as soon as `load` has what it takes. */
function followBlame(
  { store }: Ide,
  load: (show: (create: () => Disposable) => void) => Promise<void>,
): () => void {
  let end: (() => void) | undefined;
  function begin(): () => void {
    let isWanted = true;
    let shown: Disposable | undefined;
    load((create) => {
      if (isWanted) shown = create();
    }).catch(() => {}); // The next one who wants it tries again.
    return () => {
      isWanted = false;
      shown?.dispose();
    };
  }
  function follow(): void {
    if (store.getState().settings.blame !== "off") {
      end ??= begin();
    } else {
      end?.();
      end = undefined;
    }
  }
  follow();
  const endStore = store.subscribe(follow);
  return () => {
    endStore();
    end?.();
  };
}

/** How the editor is to look, with the fonts of where it stands. */
export function lookOf({ settings, control, editors }: IdeState, element: HTMLElement): EditorLook {
  return {
    isDark: isDark(settings),
    fontSizePx: settings.editorFontPx,
    fontFamily: getComputedStyle(element).getPropertyValue("--font-code").trim(),
    wrap: settings.wrap,
    minimap: settings.minimap,
    readOnly: !canEdit(control),
    names: settings.caretNames,
    tabLeaves: editors.tabLeaves,
  };
}
