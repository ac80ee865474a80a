import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  activatePane,
  closePane,
  equalise,
  findGroup,
  group,
  groupOf,
  groupsOf,
  HOME_GROUP,
  layOut,
  moveSash,
  panesOf,
  parseDock,
  placePane,
  renamePanes,
  split,
  type DockNode,
  type Edge,
  type Place,
} from "./dock.ts";

/** `row(a* b, column(c*, d*))`: groups with the active pane starred. */
function draw(node: DockNode): string {
  if (node.kind === "split") return `${node.direction}(${node.children.map(draw).join(", ")})`;
  return node.panes.map((pane) => (pane === node.active ? `${pane}*` : pane)).join(" ") || "-";
}

const two = split("root", "row", [group(HOME_GROUP, ["a", "b"]), group("tools", ["c"])]);

describe("placing panes", () => {
  it("splits a group at an edge of another direction", () => {
    const dock = placePane(two, "b", { kind: "edge", groupId: "tools", edge: "bottom" });
    expect(draw(dock)).toBe("row(a*, column(c*, b*))");
  });

  it("adds a neighbour to a split of the same direction and halves only the group's share", () => {
    const dock = placePane(two, "b", { kind: "edge", groupId: "tools", edge: "right" });
    expect(draw(dock)).toBe("row(a*, c*, b*)");
    expect(dock.kind === "split" && dock.weights).toEqual([0.5, 0.25, 0.25]);
  });

  it("moves a tab within its group to the place it was dropped at", () => {
    const tabs = group(HOME_GROUP, ["a", "b", "c"]);
    const to = (index: number): Place => ({ kind: "tabs", groupId: HOME_GROUP, index });
    expect(draw(placePane(tabs, "a", to(3)))).toBe("b c a*");
    expect(draw(placePane(tabs, "a", to(2)))).toBe("b a* c");
    expect(draw(placePane(tabs, "c", to(0)))).toBe("c* a b");
  });

  it("merges a group away when its last tab leaves", () => {
    const dock = placePane(two, "c", { kind: "tabs", groupId: HOME_GROUP });
    expect(draw(dock)).toBe("a b c*");
  });

  it("keeps the home group when it is empty", () => {
    const dock = ["a", "b"].reduce(closePane, two as DockNode);
    expect(draw(dock)).toBe("row(-, c*)");
  });

  it("leaves the only pane of a group where it is when dropped on its own edge", () => {
    const edge: Place = { kind: "edge", groupId: "tools", edge: "left" };
    expect(placePane(two, "c", edge)).toBe(two);
  });
});

describe("closing panes", () => {
  it("shows the neighbour of the active tab", () => {
    const tabs = group(HOME_GROUP, ["a", "b", "c"], "b");
    expect(draw(closePane(tabs, "b"))).toBe("a c*");
    expect(draw(closePane(closePane(tabs, "b"), "c"))).toBe("a*");
  });
});

describe("renaming panes", () => {
  it("keeps order and activity, and drops a pane that became another's twin", () => {
    const tabs = group(HOME_GROUP, ["a", "b"], "b");
    expect(draw(renamePanes(tabs, (pane) => pane.toUpperCase()))).toBe("A B*");
    expect(draw(renamePanes(tabs, () => "x"))).toBe("x*");
  });
});

describe("sizes", () => {
  it("moves a sash between its two neighbours only", () => {
    const three = split(
      "root",
      "row",
      ["a", "b", "c"].map((pane) => group(pane, [pane])),
    );
    const moved = moveSash(three, "root", 0, 0.1);
    const weights = moved.kind === "split" ? moved.weights : [];
    expect(weights[0]).toBeCloseTo(1 / 3 + 0.1);
    expect(weights[1]).toBeCloseTo(1 / 3 - 0.1);
    expect(weights[2]).toBe(1 / 3);
    expect(equalise(moved, "root")).toEqual(three);
  });

  it("fills the area without gaps or overlaps, in whole pixels", () => {
    const { rects, sashes } = layOut(two, { x: 0, y: 0, width: 1001, height: 500 }, 4);
    expect(rects.get(HOME_GROUP)).toEqual({ x: 0, y: 0, width: 499, height: 500 });
    expect(rects.get("tools")).toEqual({ x: 503, y: 0, width: 498, height: 500 });
    expect(sashes.map(({ rect }) => rect.x)).toEqual([499]);
  });

  it("gives a group its least width while there is room", () => {
    const narrow = split("root", "row", two.children, [0.95, 0.05]);
    const { rects } = layOut(narrow, { x: 0, y: 0, width: 604, height: 500 }, 4);
    expect(rects.get("tools")?.width).toBe(160);
    expect(rects.get(HOME_GROUP)?.width).toBe(440);
  });
});

describe("what is stored", () => {
  it("reads back what was written", () => {
    const dock = placePane(two, "b", { kind: "edge", groupId: "tools", edge: "bottom" });
    expect(parseDock(JSON.parse(JSON.stringify(dock)))).toEqual(dock);
  });

  it.each([null, 1, {}, { kind: "split" }, { kind: "split", children: [1, 2], weights: [1, 1] }])(
    "refuses %j",
    (value) => expect(parseDock(value)).toBeUndefined(),
  );
});

describe("any sequence of moves", () => {
  const edges: readonly Edge[] = ["left", "right", "top", "bottom"];
  const step = fc.tuple(fc.nat(9), fc.nat(9), fc.option(fc.constantFrom(...edges)), fc.boolean());

  it("loses no pane, doubles none, and keeps the tree in its normal form", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let dock: DockNode = two;
        let open = [...panesOf(two)];
        for (const [who, where, edge, close] of steps) {
          const groups = groupsOf(dock);
          const target = groups[where % groups.length];
          if (target === undefined) throw new Error("a dock has a group");
          const pane = `p${who}`;
          if (close) {
            dock = closePane(dock, pane);
            open = open.filter((other) => other !== pane);
          } else {
            const place: Place =
              edge === null
                ? { kind: "tabs", groupId: target.id }
                : { kind: "edge", groupId: target.id, edge };
            dock = activatePane(placePane(dock, pane, place), pane);
            open = [...open.filter((other) => other !== pane), pane];
          }
          expect(groupOf(dock, pane)?.active).toBe(close ? undefined : pane);
          expect([...panesOf(dock)].toSorted()).toEqual(open.toSorted());
          expect(findGroup(dock, HOME_GROUP)).toBeDefined();
          expect(faults(dock)).toEqual([]);
        }
      }),
    );
  });

  /** What is not in normal form, as sentences. */
  function faults(node: DockNode): readonly string[] {
    if (node.kind === "group") {
      const shown = node.panes.length === 0 || node.panes.some((pane) => pane === node.active);
      return shown ? [] : [`${node.id} shows a pane that is not there`];
    }
    const sum = node.weights.reduce((a, b) => a + b, 0);
    return [
      ...(node.children.length < 2 ? [`${node.id} has nothing to split`] : []),
      ...(Math.abs(sum - 1) > 1e-6 ? [`${node.id} shares out ${sum}`] : []),
      ...node.children.flatMap((child) =>
        child.kind === "split" && child.direction === node.direction
          ? [`${child.id} is a split inside a split of its direction`]
          : faults(child),
      ),
    ];
  }
});
