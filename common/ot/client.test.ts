import { describe, expect, it } from "vitest";
import { parseOp } from "#test/helpers/ops.ts";
import {
  type ClientInput,
  type ClientOutput,
  type ClientState,
  createClient,
  resumeClient,
  step,
  toScreen,
  unsent,
} from "./client.ts";

const FIRST_NONCE = 100;

/** A client at version 5, with what it wants done written as `"send 5 #100: 3 +hi"`. */
class TestClient {
  state: ClientState;

  constructor(state = createClient(5, FIRST_NONCE)) {
    this.state = state;
  }

  edit(op: string): string[] {
    return this.#put({ kind: "edit", op: parseOp(op) });
  }

  packet(version: number, op: string, nonce = 0): string[] {
    return this.#put({ kind: "packet", packet: { version, op: parseOp(op), nonce, userId: 2 } });
  }

  cut(): string[] {
    return this.#put({ kind: "disconnected" });
  }

  connect(version: number): string[] {
    return this.#put({ kind: "connected", version });
  }

  #put(input: ClientInput): string[] {
    const [state, outputs] = step(this.state, input);
    this.state = state;
    return outputs.map(notation);
  }
}

function notation(output: ClientOutput): string {
  switch (output.kind) {
    case "send":
      return `send ${output.base} #${output.nonce}: ${opNotation(output.op)}`;
    case "apply":
      return `apply ${opNotation(output.op)}`;
    case "redraw":
      return "redraw";
    case "fetch":
      return `fetch ${output.from}-${output.to}`;
    case "resync":
      return "resync";
  }
}

function opNotation(op: readonly (number | string)[]): string {
  return op.map((part) => (typeof part === "string" ? `+${part}` : part)).join(" ");
}

describe("a connected client", () => {
  it("[OT11] sends the first edit at once and keeps what is typed meanwhile", () => {
    const client = new TestClient();
    expect(client.edit("3 +a")).toEqual(["send 5 #100: 3 +a"]);
    expect(client.edit("4 +b")).toEqual([]);
    expect(client.edit("5 +c")).toEqual([]);
    expect(client.state.pending).toHaveLength(2);
    expect(unsent(client.state)).toEqual(parseOp("3 +abc"));
  });

  it("[OT7] knows its own packet by the nonce, then sends all that was typed meanwhile", () => {
    const client = new TestClient();
    client.edit("3 +a");
    client.edit("4 +b");
    client.edit("5 +c");
    expect(client.packet(6, "3 +a", 100)).toEqual(["send 6 #101: 4 +bc"]);
    expect(client.packet(7, "4 +bc", 101)).toEqual([]);
    expect(client.state).toMatchObject({ pending: [], version: 7 });
    expect(unsent(client.state)).toEqual([]);
  });

  it("does not take an equal op of somebody else for its own", () => {
    const client = new TestClient();
    client.edit("3 +a");
    expect(client.packet(6, "3 +a", 999)).toEqual(["apply 3 +a"]);
    expect(client.state).toMatchObject({ pending: [{ op: [4, "a"] }] });
  });

  it("applies others' ops when nothing is unconfirmed", () => {
    const client = new TestClient();
    expect(client.packet(6, "1 +x")).toEqual(["apply 1 +x"]);
    expect(client.state).toMatchObject({ pending: [], version: 6 });
  });

  it("[OT5] carries others' ops across the outstanding op and the buffer, and those across it", () => {
    const client = new TestClient();
    client.edit("3 +a");
    client.edit("+b");
    expect(client.packet(6, "3 +x")).toEqual(["apply 4 +x"]);
    expect(client.packet(7, "1 -1")).toEqual(["apply 2 -1"]);
    expect(unsent(client.state)).toEqual(parseOp("+b 3 +a"));
    expect(client.packet(8, "3 +a", 100)).toEqual(["send 8 #101: +b"]);
  });

  it("does not touch the screen for what it has deleted itself already", () => {
    const client = new TestClient();
    client.edit("2 -3");
    expect(client.packet(6, "3 -1")).toEqual([]);
    expect(unsent(client.state)).toEqual(parseOp("2 -2"));
  });

  it("forgets a buffer whose edits have undone each other", () => {
    const client = new TestClient();
    client.edit("3 +a");
    client.edit("4 +b");
    client.edit("4 -1");
    expect(client.state.pending).toHaveLength(1);
    expect(client.packet(6, "3 +a", 100)).toEqual([]);
  });

  it("sends nothing for an empty edit", () => {
    const client = new TestClient();
    expect(client.edit("")).toEqual([]);
    expect(client.state.pending).toEqual([]);
  });

  it("ignores a packet that it has seen", () => {
    const client = new TestClient();
    client.packet(6, "1 +x");
    expect(client.packet(6, "1 +x")).toEqual([]);
    expect(client.state.version).toBe(6);
  });

  it("fetches what is missing, keeps what comes too soon and sends nothing meanwhile", () => {
    const client = new TestClient();
    expect(client.packet(8, "8 +z")).toEqual(["fetch 6-7"]);
    expect(client.edit("1 +a")).toEqual([]);
    expect(client.packet(9, "9 +y")).toEqual([]);
    expect(client.packet(6, "6 +v")).toEqual(["apply 7 +v"]);
    expect(client.packet(7, "7 +w")).toEqual([
      "apply 8 +w",
      "apply 9 +z",
      "apply 10 +y",
      "send 9 #100: 1 +a",
    ]);
  });

  it("never uses nonce 0, which means none", () => {
    const [first] = step(createClient(0, 0), { kind: "edit", op: ["a"] });
    expect(first).toMatchObject({ pending: [{ nonce: 1 }] });
    const [last] = step(createClient(0, 0xffffffff), { kind: "edit", op: ["a"] });
    expect(last).toMatchObject({ pending: [{ nonce: 0xffffffff }], nextNonce: 1 });
  });
});

describe("a client that was cut off", () => {
  it("lets its user type on, and sends when it is back", () => {
    const client = new TestClient();
    client.cut();
    expect(client.edit("3 +a")).toEqual([]);
    expect(client.edit("4 +b")).toEqual([]);
    expect(client.connect(5)).toEqual(["send 5 #100: 3 +a"]);
    expect(client.packet(6, "3 +a", 100)).toEqual(["send 6 #101: 4 +b"]);
  });

  it("[OT7] sends again, on the new base and with the same nonce, what had not arrived", () => {
    const client = new TestClient();
    client.edit("3 +a");
    client.cut();
    expect(client.connect(7)).toEqual(["fetch 6-7"]);
    expect(client.packet(6, "+xx")).toEqual(["apply +xx"]);
    expect(client.packet(7, "9 +y")).toEqual(["apply 10 +y", "send 7 #100: 5 +a"]);
  });

  it("[OT7] does not send again what had arrived", () => {
    const client = new TestClient();
    client.edit("3 +a");
    client.edit("4 +b");
    client.cut();
    client.connect(7);
    expect(client.packet(6, "3 +a", 100)).toEqual([]);
    expect(client.packet(7, "+x")).toEqual(["apply +x", "send 7 #101: 5 +b"]);
    expect(client.packet(8, "5 +b", 101)).toEqual([]);
    expect(client.state.pending).toEqual([]);
  });

  it("takes live packets in behind the fetched ones", () => {
    const client = new TestClient();
    client.edit("3 +a");
    client.cut();
    expect(client.connect(6)).toEqual(["fetch 6-6"]);
    expect(client.packet(7, "1 +z")).toEqual([]);
    expect(client.packet(8, "5 +a", 100)).toEqual([]);
    expect(client.packet(6, "+x")).toEqual(["apply +x", "apply 1 +z"]);
    expect(client.state).toMatchObject({ pending: [], version: 8, link: { kind: "up" } });
  });

  it("takes in many packets as one, and sends what is its own behind them", () => {
    const client = new TestClient();
    client.edit("3 +a");
    client.cut();
    client.connect(8);
    const [state, outputs] = step(client.state, {
      kind: "packet",
      packet: { version: 8, op: parseOp("1 +xyz"), nonce: 0, userId: 2, count: 3 },
    });
    expect(outputs.map(notation)).toEqual(["apply 1 +xyz", "send 8 #100: 6 +a"]);
    expect(state.version).toBe(8);
  });

  it("begins again when it is cut off while it catches up", () => {
    const client = new TestClient();
    client.edit("3 +a");
    client.cut();
    client.connect(7);
    client.packet(6, "+x");
    client.cut();
    expect(client.packet(7, "+late")).toEqual([]);
    expect(client.connect(8)).toEqual(["fetch 7-8"]);
  });

  it("[OT9] asks for a new start when the authority has lost versions", () => {
    const client = new TestClient();
    client.edit("3 +a");
    client.cut();
    expect(client.connect(4)).toEqual(["resync"]);
    expect(unsent(client.state)).toEqual(parseOp("3 +a"));
  });
});

describe("a client that goes on for one that is gone", () => {
  const left = (): TestClient =>
    new TestClient(
      resumeClient(
        5,
        [
          { op: parseOp("3 +a"), nonce: 100 },
          { op: parseOp("4 +b"), nonce: 101 },
        ],
        FIRST_NONCE + 900,
      ),
    );

  it("[CL31] sends one after the other, and what is typed now behind them", () => {
    const client = left();
    expect(client.edit("5 +c")).toEqual([]);
    expect(client.edit("6 +d")).toEqual([]);
    expect(unsent(client.state)).toEqual(parseOp("3 +abcd"));
    expect(client.connect(5)).toEqual(["send 5 #100: 3 +a"]);
    expect(client.packet(6, "3 +a", 100)).toEqual(["send 6 #101: 4 +b"]);
    expect(client.packet(7, "4 +b", 101)).toEqual(["send 7 #1000: 5 +cd"]);
    expect(client.packet(8, "5 +cd", 1000)).toEqual([]);
    expect(client.state.pending).toEqual([]);
  });

  it("[CL31] sends nothing again of what has arrived", () => {
    const client = left();
    client.edit("5 +c");
    expect(client.connect(8)).toEqual(["fetch 6-8"]);
    expect(client.packet(6, "3 +a", 100)).toEqual([]);
    expect(client.packet(7, "4 +b", 101)).toEqual([]);
    expect(client.packet(8, "+x", 7)).toEqual(["apply +x", "send 8 #1000: 6 +c"]);
  });

  it("[CL31] takes in what the other had typed last, of which it knows nothing", () => {
    const client = left();
    client.edit("5 +c");
    client.connect(7);
    client.packet(6, "3 +a", 100);
    expect(client.packet(7, "4 +bye", 101)).toEqual(["redraw", "send 7 #1000: 7 +c"]);
  });
});

describe("an edit that somebody else has given back", () => {
  it("[CL25] deletes what was deleted, though it was not there when the edit came", () => {
    const client = new TestClient();
    client.edit("1 +a -2");
    client.edit("+b");
    expect(client.packet(6, "1 +a", FIRST_NONCE)).toEqual(["redraw", "send 6 #101: +b"]);
    expect(client.packet(7, "+b", FIRST_NONCE + 1)).toEqual(["send 7 #102: 3 -2"]);
    expect(client.packet(8, "3 -2", FIRST_NONCE + 2)).toEqual([]);
    expect(client.state.pending).toEqual([]);
  });

  it("[CL25] deletes what an edit before it inserts, though that was sent whole", () => {
    const pending = [
      { op: parseOp("3 +ab"), nonce: 100 },
      { op: parseOp("4 +c -1"), nonce: 101 },
    ];
    const client = new TestClient(resumeClient(5, pending, 1000));
    expect(client.connect(5)).toEqual(["send 5 #100: 3 +ab"]);
    expect(client.packet(6, "3 +c", 101)).toEqual(["redraw"]);
    expect(client.packet(7, "4 +ab", 100)).toEqual(["send 7 #1000: 5 -1"]);
    expect(client.packet(8, "5 -1", 1000)).toEqual([]);
    expect(client.state.pending).toEqual([]);
  });

  it("[CL25] deletes it with an edit of its own when nothing waits", () => {
    const client = new TestClient();
    client.edit("1 +a -2");
    expect(client.packet(6, "1 +a -1", FIRST_NONCE)).toEqual(["redraw", "send 6 #101: 2 -1"]);
  });
});

describe("toScreen", () => {
  it("carries a position across what is unconfirmed", () => {
    const client = new TestClient();
    expect(toScreen(client.state, 3, "left")).toBe(3);
    client.edit("3 +ab");
    expect(toScreen(client.state, 3, "left")).toBe(3);
    expect(toScreen(client.state, 3, "right")).toBe(5);
    client.edit("-1");
    expect(toScreen(client.state, 3, "right")).toBe(4);
  });
});
