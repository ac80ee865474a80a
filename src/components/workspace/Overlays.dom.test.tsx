// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { renderIde } from "#test/helpers/renderIde.tsx";
import { Overlays } from "./Overlays.tsx";
import { Toasts } from "./Toasts.tsx";
import { HistoryBinding } from "../editor/history/historyBinding.ts";

afterEach(cleanup);

it("[CL25] tells that a container came back with an older text, and shows the difference", async () => {
  const compare = vi.fn<HistoryBinding["compare"]>();
  vi.spyOn(HistoryBinding, "mount").mockResolvedValue({
    compare,
    dispose: () => {},
  } as unknown as HistoryBinding);
  const { client } = renderIde(
    <>
      <Toasts />
      <Overlays />
    </>,
  );
  const texts = { ours: "old lost", theirs: "old", merged: "old lost!" };
  client.emit({ slice: "ot", event: { kind: "merged", path: "src/a.ts", ...texts } });
  const see = await screen.findByRole("button", { name: "See difference" });
  screen.getByText(
    "a.ts: the container came back with an older text. Nothing that was here is lost.",
  );
  fireEvent.click(see);
  await screen.findByRole("dialog", { name: "Difference in src/a.ts", hidden: true });
  await vi.waitFor(() => expect(compare).toHaveBeenLastCalledWith("old", "old lost!"));
  fireEvent.click(screen.getByRole("button", { name: "Here before, and now", hidden: true }));
  expect(compare).toHaveBeenLastCalledWith("old lost", "old lost!");
  const last = screen.getByRole("button", { name: /^Here before, and in the/, hidden: true });
  fireEvent.click(last);
  expect(last.getAttribute("aria-pressed")).toBe("true");
  expect(compare).toHaveBeenLastCalledWith("old lost", "old");
});
