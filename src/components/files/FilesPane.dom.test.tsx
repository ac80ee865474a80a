// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { activeFile } from "#store/ui/layout.ts";
import { renderIde } from "#test/helpers/renderIde.tsx";
import { FilesPane } from "./FilesPane.tsx";

afterEach(cleanup);

const project = { "main.py": "print(1)\n", "src/a.ts": "", "src/b.ts": "" };
const names = () => screen.getAllByRole("treeitem").map((row) => row.textContent);
const row = (name: string) => screen.getByRole("treeitem", { name });

describe("the tree", () => {
  it("lists the project, directories first", async () => {
    renderIde(<FilesPane />, project);
    await screen.findByRole("tree");
    expect(names()).toEqual(["src", "main.py"]);
  });

  it("opens a directory and a file by the keyboard", async () => {
    const { ide } = renderIde(<FilesPane />, project);
    await screen.findByRole("tree");
    fireEvent.keyDown(row("src"), { key: "ArrowRight" });
    await waitFor(() => expect(names()).toEqual(["src", "a.ts", "b.ts", "main.py"]));
    fireEvent.keyDown(row("src"), { key: "End" });
    fireEvent.keyDown(row("main.py"), { key: "Enter" });
    expect(activeFile(ide.store.getState().layout)).toBe("main.py");
  });

  it("makes a file where the name is typed, and opens it", async () => {
    const { client, ide } = renderIde(<FilesPane />, project);
    await screen.findByRole("tree");
    act(() => ide.actions.files.startNaming({ kind: "create", parent: ".", entry: "file" }));
    const field = screen.getByRole("textbox", { name: "Name" });
    fireEvent.change(field, { target: { value: "main.py" } });
    expect(screen.getByRole("alert").textContent).toBe("main.py already exists here.");
    fireEvent.change(field, { target: { value: "new.py" } });
    fireEvent.keyDown(field, { key: "Enter" });
    await waitFor(() => expect(names()).toEqual(["src", "main.py", "new.py"]));
    expect(client.content("new.py")).toBe("");
    expect(activeFile(ide.store.getState().layout)).toBe("new.py");
  });

  it("deletes after asking, and takes it back", async () => {
    const { client, ide } = renderIde(<FilesPane />, project);
    await screen.findByRole("tree");
    fireEvent.keyDown(row("src"), { key: "Delete" });
    expect(ide.store.getState().overlay.open?.kind).toBe("confirm");
    act(() => ide.actions.overlay.answer(true));
    await waitFor(() => expect(names()).toEqual(["main.py"]));
    await waitFor(() => expect(ide.store.getState().notifications.list).toHaveLength(1));
    const [notice] = ide.store.getState().notifications.list;
    act(() => ide.actions.notifications.act(notice?.id ?? 0));
    await waitFor(() => expect(names()).toEqual(["src", "main.py"]));
    expect(client.content("src/b.ts")).toBe("");
  });

  it("duplicates under a name that is free, and takes it back", async () => {
    const { client, ide } = renderIde(<FilesPane />, { ...project, "main 2.py": "" });
    await screen.findByRole("tree");
    act(() => void fireEvent.contextMenu(row("main.py")));
    fireEvent.click(screen.getByRole("menuitem", { name: "Duplicate" }));
    await waitFor(() => expect(names()).toEqual(["src", "main 2.py", "main 3.py", "main.py"]));
    expect(client.content("main 3.py")).toBe("print(1)\n");
    await waitFor(() => expect(ide.store.getState().notifications.list).toHaveLength(1));
    const [notice] = ide.store.getState().notifications.list;
    act(() => ide.actions.notifications.act(notice?.id ?? 0));
    await waitFor(() => expect(names()).toEqual(["src", "main 2.py", "main.py"]));
  });

  it("copies what is dragged with Ctrl into the folder it is dropped on", async () => {
    const { client } = renderIde(<FilesPane />, project);
    await screen.findByRole("tree");
    const dataTransfer = new DataTransfer();
    fireEvent.dragStart(row("main.py"), { dataTransfer });
    const drop = new MouseEvent("drop", { bubbles: true, cancelable: true, ctrlKey: true });
    Object.assign(drop, { dataTransfer });
    fireEvent(row("src"), drop);
    await waitFor(() => expect(client.content("src/main.py")).toBe("print(1)\n"));
    expect(client.content("main.py")).toBe("print(1)\n");
  });

  it("says what to do when there is nothing", async () => {
    renderIde(<FilesPane />);
    expect(await screen.findByText("No files yet")).toBeDefined();
  });

  it("offers a viewer no change", async () => {
    const { client } = renderIde(<FilesPane />, project);
    await screen.findByRole("tree");
    const self = { userId: 1, session: 2, name: "Ada", role: "viewer" } as const;
    act(() => client.emit({ slice: "control", event: { kind: "self", self } }));
    expect(screen.queryByRole("button", { name: "New file" })).toBeNull();
    fireEvent.keyDown(row("main.py"), { key: "Delete" });
    expect(client.calls.filter((call) => call.startsWith("remove"))).toEqual([]);
  });
});
