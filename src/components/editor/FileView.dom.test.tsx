// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { fail } from "#common/lib/result.ts";
import { IdeProvider } from "#store/hooks.tsx";
import { createTestIde, renderIde } from "#test/helpers/renderIde.tsx";
import { FileView } from "./FileView.tsx";

afterEach(cleanup);

const problem = { code: "too-large", message: "file too large" } as const;

describe("a file that is too large to be edited", () => {
  it("shows how it begins", async () => {
    renderIde(<FileView path="a.log" problem={problem} onRetry={() => {}} />, { "a.log": "first" });
    expect(await screen.findByText("first")).toBeDefined();
  });

  it("tells what can read it when it cannot even be sent, and asks nobody to try again", async () => {
    const { client, ide } = createTestIde();
    client.files.read = async () => fail(new RequestError("too-large", "28 MB"));
    render(
      <IdeProvider ide={ide}>
        <FileView path="a.log" problem={problem} onRetry={() => {}} />
      </IdeProvider>,
    );
    expect(await screen.findByText("less a.log")).toBeDefined();
    expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  });
});
