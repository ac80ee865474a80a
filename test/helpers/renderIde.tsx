import { render, type RenderResult } from "@testing-library/react";
import type { ReactNode } from "react";
import { mulberry32 } from "#common/lib/random.ts";
import type { ClientEvent } from "#protocol/client.ts";
import { IdeProvider } from "#store/hooks.tsx";
import { createIde, type Ide, type IdeEnvironment } from "#store/store.ts";
import { browserClock } from "#store/ui/browser.ts";
import type { Host } from "#store/ui/host.ts";
import { createMemory } from "#store/ui/memory.ts";
import { createFakeClient, type FakeClient } from "./fakeClient.ts";
import { MemoryChatBrowser } from "./memoryChatJournal.ts";

/** What a connected owner's page is told first. */
export const arrival: readonly ClientEvent[] = [
  { slice: "control", event: { kind: "connection", state: { kind: "connected" } } },
  {
    slice: "control",
    event: { kind: "self", self: { userId: 1, session: 2, name: "Ada", role: "owner" } },
  },
  {
    slice: "presence",
    event: {
      kind: "roster",
      people: [{ session: 2, userId: 1, name: "Ada", role: "owner" }],
      files: {},
    },
  },
];

/** A host that has an answer to everything. */
export const testHost: Host = {
  invites: async () => ({
    ok: true,
    value: [{ role: "editor", url: "http://host/#invite=e" }],
  }),
  sendImage: async () => ({ ok: true, value: `${"a".repeat(64)}.png` }),
  image: async () => ({ ok: true, value: new Blob() }),
  previewLink: async (port) => ({ ok: true, value: `http://host:${port}/?key=1` }),
};

/** A page over files in memory, with a real store and nobody at the other end. */
export function createTestIde(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  change: Partial<IdeEnvironment> = {},
): { readonly client: FakeClient; readonly ide: Ide } {
  const client = createFakeClient(files);
  const ide = createIde(client, {
    clock: browserClock,
    random: mulberry32(1),
    memory: createMemory(() => {
      throw new Error("forgetful");
    }),
    chatJournal: new MemoryChatBrowser().openPage(),
    host: testHost,
    platform: "other",
    hasKeyboard: true,
    room: "test",
    poster: Promise.resolve(undefined),
    writeClipboard: async () => true,
    chime: () => {},
    saveFile: () => {},
    ...change,
  });
  return { client, ide };
}

/** Shows a part of the workspace to a connected owner. */
export function renderIde(
  part: ReactNode,
  files: Readonly<Record<string, string | Uint8Array>> = {},
  change: Partial<IdeEnvironment> = {},
): RenderResult & { readonly client: FakeClient; readonly ide: Ide } {
  const { client, ide } = createTestIde(files, change);
  client.emit(...arrival);
  return { ...render(<IdeProvider ide={ide}>{part}</IdeProvider>), client, ide };
}
