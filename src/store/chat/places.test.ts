import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { createFakeClient } from "#test/helpers/fakeClient.ts";
import { createPlaces, sharedText } from "./places.ts";

const text = "first\r\n  second 🙂 line\r\nthird\n";

async function make() {
  const client = createFakeClient({ "a.js": text });
  const places = createPlaces(client, new FakeClock());
  const opened = await client.ot.openDocument("a.js");
  if (!opened.ok) throw opened.error;
  return { places, document: opened.value };
}

describe("places of a message", () => {
  it("are marked where they are there", async () => {
    const { places } = await make();
    expect(await places.marksIn("see a.js:2, a.js:99 and gone.js:1", [])).toEqual([
      {
        label: "a.js:2",
        path: "a.js",
        version: 1,
        from: 9,
        to: 22,
        quote: "second 🙂 line",
      },
    ]);
  });

  it("keep the marks that they have, while they are spoken of", async () => {
    const { places } = await make();
    const [known] = await places.marksIn("a.js:2", []);
    if (known === undefined) throw new Error("not marked");
    expect(await places.marksIn("again a.js:2", [known])).toEqual([known]);
    expect(await places.marksIn("no more", [known])).toEqual([]);
  });

  it("are found where their text has gone, and where it was", async () => {
    const { places, document } = await make();
    const [mark] = await places.marksIn("a.js:2", []);
    if (mark === undefined) throw new Error("not marked");
    document.edit([{ offset: 0, deleteLength: 0, insert: "new\n" }]);
    expect(await places.find(mark)).toEqual({ line: 3, column: 3, isRemoved: false });
    document.edit([{ offset: 13, deleteLength: 14, insert: "" }]);
    expect(await places.find(mark)).toEqual({ line: 3, column: 3, isRemoved: true });
    expect(await places.find({ ...mark, path: "gone.js" })).toBeUndefined();
  });

  it("end with their last line, not at the start of the next", async () => {
    const { places } = await make();
    const whole = (endLine: number) =>
      places.mark("a.js", () => ({ line: 1, column: 1, endLine, endColumn: 1 }));
    expect(await whole(2)).toMatchObject({ quote: "first" });
    expect(await whole(4)).toMatchObject({ quote: text.trimEnd() });
  });

  it("are shared as text that any client can show", async () => {
    const { places } = await make();
    const mark = await places.mark("a.js", () => ({
      line: 1,
      column: 3,
      endLine: 2,
      endColumn: 9,
    }));
    expect(mark).toMatchObject({ label: "a.js:1", quote: "rst\r\n  second" });
    expect(mark && sharedText({ ...mark, quote: "let a" })).toBe("a.js:1\n```js\nlet a\n```");
  });
});
