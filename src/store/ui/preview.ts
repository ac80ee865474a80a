import type { Cell } from "#common/lib/cell.ts";
import type { Port } from "#protocol/services/control.ts";
import type { Host } from "./host.ts";

export interface PreviewState {
  readonly port: number | undefined;
  /** Where the port is found, with the key that lets this browser in. */
  readonly link: string | undefined;
  readonly path: string;
  readonly failure: string | undefined;
  /** Counts reloads, so that the same address is loaded again. */
  readonly generation: number;
}

export const initialPreview: PreviewState = {
  port: undefined,
  link: undefined,
  path: "/",
  failure: undefined,
  generation: 0,
};

/** The address to load, key included, or undefined when nothing can be shown. */
export function previewAddress({ link, path }: PreviewState): string | undefined {
  if (link === undefined) return undefined;
  const { origin, search } = new URL(link);
  const url = new URL(origin + path);
  url.search = url.search === "" ? search : `${url.search}&${search.slice(1)}`;
  return url.href;
}

/** What is shown, as it could be asked for. */
export function askedAddress({ port, path }: PreviewState): string | undefined {
  return port === undefined ? undefined : `:${port}${path}`;
}

/** `localhost:3000/x` or `/x` as a person types it: a port, when one is named, and a path. */
export function parseAddress(text: string): { readonly port?: number; readonly path: string } {
  const match = /^(?:https?:\/\/)?(?:[\w.-]*:(\d+))?(\/?.*)$/s.exec(text.trim());
  const [, port, rest = ""] = match ?? [];
  const path = rest.startsWith("/") ? rest : `/${rest}`;
  return port === undefined ? { path } : { port: Number(port), path };
}

export interface PreviewActions {
  show(port: number): Promise<void>;
  /** Goes where the address bar says. */
  navigate(text: string): Promise<void>;
  reload(): void;
  /** The port is gone; another open one is shown when there is one. */
  handleClosed(port: number, others: readonly Port[]): void;
}

export function createPreviewActions(host: Host, cell: Cell<PreviewState>): PreviewActions {
  async function show(port: number, path = "/"): Promise<void> {
    cell.update((state) => ({
      ...initialPreview,
      port,
      path,
      generation: state.generation + 1,
    }));
    const answer = await host.previewLink(port);
    cell.update((state) => {
      if (state.port !== port) return state;
      return answer.ok ? { ...state, link: answer.value } : { ...state, failure: answer.message };
    });
  }
  const reload = () => cell.update((state) => ({ ...state, generation: state.generation + 1 }));
  return {
    show,
    async navigate(text) {
      const current = cell.get();
      const { port = current.port, path } = parseAddress(text);
      if (port === undefined) return;
      if (port !== current.port || current.failure !== undefined) return show(port, path);
      cell.update((state) => ({ ...state, path }));
      reload();
    },
    reload,
    handleClosed(port, others) {
      if (cell.get().port !== port) return;
      const [next] = others;
      if (next === undefined) {
        cell.update((state) => ({ ...state, port: undefined, link: undefined }));
      } else {
        void show(next.port);
      }
    },
  };
}
