import { describe, expect, it } from "vitest";
import { group, layOut, split } from "#store/ui/dock.ts";
import { dropPlace } from "./dockDrag.ts";

const dock = split("root", "row", [group("a", ["x", "y"]), group("b", ["z"])]);
const geometry = layOut(dock, { x: 0, y: 0, width: 804, height: 436 }, 4);
const drop = (x: number, y: number) => dropPlace(geometry, x, y, 36, () => [50, 150])?.place;

describe("dropping a tab", () => {
  it("goes between the tabs it is let go over", () => {
    expect(drop(20, 10)).toEqual({ kind: "tabs", groupId: "a", index: 0 });
    expect(drop(100, 10)).toEqual({ kind: "tabs", groupId: "a", index: 1 });
    expect(drop(300, 10)).toEqual({ kind: "tabs", groupId: "a", index: 2 });
  });

  it("joins a group in its middle and splits it at its edges", () => {
    expect(drop(200, 236)).toEqual({ kind: "tabs", groupId: "a" });
    expect(drop(410, 236)).toEqual({ kind: "edge", groupId: "b", edge: "left" });
    expect(drop(790, 236)).toEqual({ kind: "edge", groupId: "b", edge: "right" });
    expect(drop(600, 50)).toEqual({ kind: "edge", groupId: "b", edge: "top" });
    expect(drop(600, 430)).toEqual({ kind: "edge", groupId: "b", edge: "bottom" });
  });

  it("goes nowhere outside", () => {
    expect(drop(402, 100)).toBeUndefined();
    expect(drop(-5, 100)).toBeUndefined();
  });
});
