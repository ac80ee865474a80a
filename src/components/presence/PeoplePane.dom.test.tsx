// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import type { Person, PresenceEvent } from "#protocol/services/presence.ts";
import { activeFile } from "#store/ui/layout.ts";
import type { FakeClient } from "#test/helpers/fakeClient.ts";
import { renderIde, testHost } from "#test/helpers/renderIde.tsx";
import { PeoplePane } from "./PeoplePane.tsx";

afterEach(cleanup);

function tell(client: FakeClient, ...events: readonly PresenceEvent[]): void {
  act(() => client.emit(...events.map((event) => ({ slice: "presence" as const, event }))));
}

const become = (client: FakeClient, role: Person["role"]) =>
  act(() => {
    const self = { userId: 1, session: 2, name: "Ada", role };
    client.emit({ slice: "control", event: { kind: "self", self } });
  });

const joined = (session: number, userId: number, name: string, role: Person["role"]) =>
  ({ kind: "joined", person: { session, userId, name, role } }) as const;

/** What the list says of each, without the initials. */
const people = () =>
  screen
    .getAllByRole("listitem")
    .map((row) =>
      [...row.querySelectorAll(".person__name > *, .person__where")].map(
        ({ textContent }) => textContent,
      ),
    );

describe("the people", () => {
  it("are listed once each, with role, place and number of tabs", () => {
    const { client } = renderIde(<PeoplePane />);
    tell(
      client,
      joined(3, 7, "Lin", "viewer"),
      joined(4, 8, "Kim", "editor"),
      joined(5, 8, "Kim", "editor"),
      { kind: "opened-file", session: 5, path: "src/a.ts" },
      { kind: "follows", session: 3, following: true },
    );
    expect(people()).toEqual([
      ["Ada", "you", "Owner", ""],
      ["Lin", "Viewer", "In the room · follows you"],
      ["Kim", "src/a.ts · 2 tabs"],
    ]);
    tell(client, { kind: "left", session: 3 });
    expect(people()).toHaveLength(2);
  });

  it("are quiet after a while", () => {
    const { client } = renderIde(<PeoplePane />);
    const atMs = Date.now() - 6.5 * 60_000;
    tell(client, joined(3, 7, "Lin", "editor"), { kind: "active", session: 3, atMs });
    expect(people()[1]).toEqual(["Lin", "In the room · idle 6 min"]);
  });

  it("can be followed and left again", () => {
    const { client } = renderIde(<PeoplePane />);
    tell(client, joined(3, 7, "Lin", "editor"));
    fireEvent.click(screen.getByRole("button", { name: "Follow Lin" }));
    expect(client.calls).toContain("follow(3)");
    const stop = screen.getByRole("button", { name: "Stop following" });
    expect(stop.getAttribute("aria-pressed")).toBe("true");
    fireEvent.click(stop);
    expect(client.calls).toContain("unfollow(3)");
    expect(screen.getByRole("button", { name: "Follow Lin" })).toBeDefined();
  });

  it("can be gone to where they are", () => {
    const { client, ide } = renderIde(<PeoplePane />, { "src/a.ts": "" });
    tell(client, joined(3, 7, "Lin", "editor"));
    expect(screen.queryByRole("button", { name: /^Go to/ })).toBeNull();
    tell(client, { kind: "opened-file", session: 3, path: "src/a.ts" });
    fireEvent.click(screen.getByRole("button", { name: "Go to src/a.ts" }));
    expect(activeFile(ide.store.getState().layout)).toBe("src/a.ts");
  });

  it("cannot follow themselves, and change their own name only", async () => {
    const { client, ide } = renderIde(<PeoplePane />);
    tell(client, joined(3, 7, "Lin", "editor"));
    const [mine, other] = screen.getAllByRole("listitem").map((row) => within(row));
    expect(mine?.queryByRole("button", { name: /^Follow/ })).toBeNull();
    expect(other?.queryByRole("button", { name: /^Change/ })).toBeNull();

    const rename = (name: string, key: string) => {
      fireEvent.click(screen.getByRole("button", { name: /^Change my name/ }));
      const field = screen.getByRole("textbox", { name: "My name" });
      fireEvent.change(field, { target: { value: name } });
      fireEvent.keyDown(field, { key });
    };
    rename("Nobody", "Escape");
    rename(" ", "Enter");
    expect(client.calls.filter((call) => call.startsWith("rename("))).toEqual([]);
    client.failNext = new RequestError("failed", "That name is taken.");
    rename(" Grace ", "Enter");
    expect(client.calls).toContain("rename(Grace)");
    await waitFor(() =>
      expect(ide.store.getState().notifications.list.map(({ text }) => text)).toContain(
        "That name is taken.",
      ),
    );
  });

  it("choose among the colours that nobody else here has", () => {
    const { client } = renderIde(<PeoplePane />);
    tell(client, joined(3, 7, "Lin", "editor"), { kind: "colors", colors: { 1: 0, 7: 5 } });
    fireEvent.click(screen.getByRole("button", { name: /^Change my name/ }));
    const free = (name: string) =>
      !(screen.getByRole("radio", { name }) as HTMLInputElement).disabled;
    expect([free("Blue"), free("Orange"), free("Vermilion: Lin has it")]).toEqual([
      true,
      true,
      false,
    ]);
    tell(client, { kind: "left", session: 3 });
    expect(free("Vermilion")).toBe(true);
  });

  it("are shown under the names that they take, me too", () => {
    const { client } = renderIde(<PeoplePane />);
    tell(client, joined(3, 7, "Lin", "editor"), joined(4, 8, "Kim", "editor"));
    tell(client, joined(3, 7, "Grace", "editor"));
    const self = { userId: 1, session: 2, name: "Countess", role: "owner" } as const;
    act(() => client.emit({ slice: "control", event: { kind: "self", self } }));
    expect(people().map(([name]) => name)).toEqual(["Countess", "Grace", "Kim"]);
  });

  it("are invited by whoever has links to give", () => {
    const { client } = renderIde(<PeoplePane />);
    const invite = () => screen.queryByRole("button", { name: "Invite someone" });
    expect(invite()).not.toBeNull();
    become(client, "editor");
    expect(invite()).toBeNull();
  });

  it("can be called together where there is company, by those who may edit", () => {
    const { client } = renderIde(<PeoplePane />);
    const call = () => screen.queryByRole("button", { name: "Bring everyone here" });
    expect(call()).toBeNull();
    tell(client, joined(3, 7, "Lin", "editor"));
    expect(call()).not.toBeNull();
    become(client, "viewer");
    expect(call()).toBeNull();
  });
});

describe("an empty room", () => {
  const links = (["editor", "viewer"] as const).map((role) => ({
    role,
    url: `http://host/#${role}`,
  }));

  it("lets its owner copy a link for either role", async () => {
    const copied: string[] = [];
    renderIde(
      <PeoplePane />,
      {},
      {
        host: {
          ...testHost,
          invites: async () => ({ ok: true, value: links }),
        },
        writeClipboard: async (text) => {
          copied.push(text);
          return true;
        },
      },
    );
    const copy = screen.getByRole("button", { name: "Copy link" });
    fireEvent.click(copy);
    await waitFor(() => expect(copied).toEqual(["http://host/#editor"]));
    const role = screen.getByRole("combobox", { name: "What they may do" });
    fireEvent.change(role, { target: { value: "viewer" } });
    fireEvent.click(copy);
    await waitFor(() => expect(copied).toEqual(["http://host/#editor", "http://host/#viewer"]));
  });

  it("offers no links to others, and nothing once it is not empty", () => {
    const { client } = renderIde(<PeoplePane />);
    become(client, "editor");
    expect(screen.getByText("Only you are here now.")).toBeDefined();
    expect(screen.queryByRole("button", { name: "Copy link" })).toBeNull();
    tell(client, joined(3, 7, "Lin", "editor"));
    expect(screen.queryByText("Only you are here now.")).toBeNull();
  });
});
