import { describe, expect, it } from "vitest";
import type { DocumentState } from "#protocol/services/ot.ts";
import { applyOt, initialOt, savedState, storeProblem, unsentEdits, type OtState } from "./ot.ts";

function withDocument(state: OtState, path: string, document: DocumentState): OtState {
  return applyOt(state, { kind: "document", path, state: document });
}

describe("open texts", () => {
  it("sums what the container has not acknowledged, on line and off", () => {
    let state = withDocument(initialOt, "a", { kind: "live", unsent: 2 });
    state = withDocument(state, "b", { kind: "offline", unsent: 3 });
    state = withDocument(state, "c", { kind: "deleted", unsent: 0 });
    expect(unsentEdits(state)).toBe(5);
    expect(storeProblem(state)).toBeUndefined();
    state = withDocument(state, "d", { kind: "stuck", unsent: 4, message: "no space left" });
    expect(unsentEdits(state)).toBe(9);
    expect(storeProblem(state)).toBe("no space left");
    state = applyOt(state, { kind: "closed", path: "d" });
    expect(unsentEdits(applyOt(state, { kind: "closed", path: "b" }))).toBe(2);
  });

  it.each([
    [undefined, "opening"],
    [{ kind: "opening" }, "opening"],
    [{ kind: "live", unsent: 0 }, "saved"],
    [{ kind: "live", unsent: 1 }, "sending"],
    [{ kind: "offline", unsent: 0 }, "saved"],
    [{ kind: "offline", unsent: 1 }, "unsent"],
    [{ kind: "stuck", unsent: 1, message: "" }, "failed"],
    [{ kind: "deleted", unsent: 0 }, "deleted"],
    [{ kind: "failed", unsent: 0, message: "" }, "failed"],
  ] as const)("%j is %s", (document, expected) => expect(savedState(document)).toBe(expected));
});
