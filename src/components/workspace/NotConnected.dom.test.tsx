// @vitest-environment happy-dom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { IdeProvider } from "#store/hooks.tsx";
import { createTestIde } from "#test/helpers/renderIde.tsx";
import { ChatPane } from "../chat/ChatPane.tsx";
import { CommentsPane } from "../comments/CommentsPane.tsx";
import { DeletedPane } from "../editor/history/DeletedPane.tsx";
import { HistoryPane } from "../editor/history/HistoryPane.tsx";
import { PeoplePane } from "../presence/PeoplePane.tsx";
import { PreviewPane } from "../preview/PreviewPane.tsx";
import { ConsolePane } from "../run/ConsolePane.tsx";

afterEach(cleanup);

it("says of everything that the page cannot know that it is not connected, and not that there is none", async () => {
  const { client, ide } = createTestIde();
  render(
    <IdeProvider ide={ide}>
      <ChatPane />
      <CommentsPane />
      <ConsolePane />
      <DeletedPane />
      <HistoryPane path="a.txt" />
      <PeoplePane />
      <PreviewPane />
    </IdeProvider>,
  );
  const become = (...states: readonly ({ kind: "offline" } | { kind: "connected" })[]) =>
    act(async () => {
      client.emit(
        ...states.map((state) => ({
          slice: "control" as const,
          event: { kind: "connection" as const, state },
        })),
      );
    });
  await become({ kind: "offline" });
  expect(screen.getAllByText("Not connected")).toHaveLength(7);
  await become({ kind: "connected" });
  expect(screen.queryByText("Not connected")).toBeNull();
  for (const nothing of ["Nothing said yet", "No comments yet", "Nothing has run yet"]) {
    screen.getByText(nothing);
  }
});
