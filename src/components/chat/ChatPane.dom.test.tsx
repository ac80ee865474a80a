// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { activeFile } from "#store/ui/layout.ts";
import { renderIde } from "#test/helpers/renderIde.tsx";
import { ChatPane } from "./ChatPane.tsx";

afterEach(cleanup);

const field = () => screen.getByRole("textbox", { name: "Message everyone" });
const type = (text: string) =>
  fireEvent.change(field(), { target: { value: text, selectionStart: text.length } });

describe("the chat", () => {
  it("sends on Enter, makes a line on Shift+Enter, and waits for a composition", () => {
    const { client } = renderIde(<ChatPane />);
    type("hello");
    fireEvent.keyDown(field(), { key: "Enter", shiftKey: true });
    fireEvent.keyDown(field(), { key: "Enter", isComposing: true });
    expect(client.calls).not.toContain("say(hello)");
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(client.calls).toContain("say(hello)");
    expect(field().textContent).toBe("");
  });

  it("keeps what could not be sent, with a way to try again", async () => {
    const { client } = renderIde(<ChatPane />);
    client.failNext = new RequestError("unavailable", "no connection");
    type("hello");
    // Typing itself asks nothing; the message is the request that fails.
    fireEvent.keyDown(field(), { key: "Enter" });
    fireEvent.click(await screen.findByRole("button", { name: "Try again" }));
    await waitFor(() => expect(screen.queryByText(/Not sent/)).toBeNull());
    expect(client.calls.filter((call) => call === "say(hello)")).toHaveLength(2);
  });

  it("shows messages with places that can be gone to", () => {
    const { client, ide } = renderIde(<ChatPane />);
    const message = { author: "Lin", text: "see main.py:3", receivedMs: 0 };
    act(() => client.emit({ slice: "chat", event: { kind: "message", message } }));
    fireEvent.click(screen.getByRole("button", { name: "main.py:3" }));
    expect(activeFile(ide.store.getState().layout)).toBe("main.py");
  });

  it("tells who is typing", () => {
    const { client } = renderIde(<ChatPane />);
    act(() =>
      client.emit({ slice: "chat", event: { kind: "typing", author: "Lin", typing: true } }),
    );
    expect(screen.getByText("Lin is typing…")).toBeDefined();
  });
});
