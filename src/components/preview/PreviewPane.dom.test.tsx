// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FakeClient } from "#test/helpers/fakeClient.ts";
import { renderIde, testHost } from "#test/helpers/renderIde.tsx";
import { PreviewPane } from "./PreviewPane.tsx";

beforeEach(() => {
  // A frame would try to load its page: an element that is none keeps what it is told as well.
  const create = document.createElement.bind(document);
  vi.spyOn(document, "createElement").mockImplementation((name: string) =>
    name === "iframe" ? (document.createElementNS("urn:frame", name) as HTMLElement) : create(name),
  );
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const open = (client: FakeClient, port: number) =>
  act(async () => {
    const opened = { port, address: "127.0.0.1", command: [] };
    client.emit({ slice: "control", event: { kind: "port-opened", port: opened } });
  });
const close = (client: FakeClient, port: number) =>
  act(async () => client.emit({ slice: "control", event: { kind: "port-closed", port } }));
const address = () => screen.getByRole<HTMLInputElement>("textbox", { name: "Address" });
const goTo = (text: string) =>
  act(async () => {
    fireEvent.change(address(), { target: { value: text } });
    fireEvent.submit(address());
  });
const page = () => document.querySelector("iframe")?.getAttribute("src");

describe("the preview", () => {
  it("says what would appear, and shows the first port that opens", async () => {
    const { client } = renderIde(<PreviewPane />);
    expect(screen.getByText("Nothing listens yet")).toBeDefined();
    await open(client, 3000);
    expect(page()).toBe("http://host:3000/?key=1");
    expect(screen.getByTitle("Page of port 3000")).toBeDefined();
    expect(address().value).toBe("localhost:3000/");
    expect(screen.queryByRole("combobox", { name: "Port" })).toBeNull();
  });

  it("gives the page no way to this one", async () => {
    const { client } = renderIde(<PreviewPane />);
    await open(client, 3000);
    const sandbox = document.querySelector("iframe")?.getAttribute("sandbox")?.split(" ");
    expect(sandbox).not.toContain("allow-top-navigation");
    const tab = screen.getByRole("link", { name: "Open in a tab" });
    expect([tab.getAttribute("href"), tab.getAttribute("rel")]).toEqual([page(), "noopener"]);
  });

  it("lets one choose among several ports, and falls back when the one shown closes", async () => {
    const { client } = renderIde(<PreviewPane />);
    await open(client, 3000);
    await open(client, 8080);
    const choice = screen.getByRole<HTMLSelectElement>("combobox", { name: "Port" });
    expect([...choice.options].map(({ text }) => text)).toEqual(["3000", "8080"]);
    await act(async () => fireEvent.change(choice, { target: { value: "3000" } }));
    expect(page()).toBe("http://host:3000/?key=1");
    await close(client, 3000);
    expect(page()).toBe("http://host:8080/?key=1");
    await close(client, 8080);
    expect(screen.getByText("Nothing listens yet")).toBeDefined();
  });

  it("goes where the address says, to another port too", async () => {
    const { client } = renderIde(<PreviewPane />);
    await open(client, 3000);
    await goTo("/about?x=1");
    expect(page()).toBe("http://host:3000/about?x=1&key=1");
    expect(address().value).toBe("localhost:3000/about?x=1");
    await goTo("localhost:8080/b");
    expect(page()).toBe("http://host:8080/b?key=1");
  });

  it("loads the page anew", async () => {
    const { client } = renderIde(<PreviewPane />);
    await open(client, 3000);
    const before = document.querySelector("iframe");
    fireEvent.click(screen.getByRole("button", { name: "Reload" }));
    expect(document.querySelector("iframe")).not.toBe(before);
    expect(page()).toBe("http://host:3000/?key=1");
  });

  it("says why a page cannot be shown, and asks the host again", async () => {
    let message = "The host could not be reached.";
    const previewLink = async () =>
      message === ""
        ? ({ ok: true, value: "http://host:3000/?key=2" } as const)
        : ({ ok: false, message } as const);
    const host = { ...testHost, previewLink };
    const { client } = renderIde(<PreviewPane />, {}, { host });
    await open(client, 3000);
    expect(screen.getByText(message)).toBeDefined();
    expect(document.querySelector("iframe")).toBeNull();
    message = "";
    await act(async () => fireEvent.click(screen.getByRole("button", { name: "Try again" })));
    expect(page()).toBe("http://host:3000/?key=2");
  });
});
