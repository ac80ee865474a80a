import { describe, expect, it } from "vitest";
import { mulberry32, type Random, randomBelow } from "#common/lib/random.ts";
import { Authority } from "./authority.ts";
import { type ClientInput, type ClientState, createClient, type Packet, step } from "./client.ts";
import { apply, codePointLength, type Component, normalize, type Op } from "./op.ts";
import { Text } from "./text.ts";

type ToAuthority =
  | { readonly kind: "send"; readonly base: number; readonly op: Op; readonly nonce: number }
  | { readonly kind: "fetch"; readonly from: number; readonly to: number };

/** A client with its screen and the two queues of its link, which keep their order. */
class Site {
  readonly name: string;
  screen: string;
  state: ClientState;
  up: ToAuthority[] = [];
  down: ClientInput[] = [];
  /** Sent over links that are gone; the authority has yet to read it. */
  late: ToAuthority[] = [];
  isConnected = true;
  /** Own packets whose op was not the one that this client expected to see. */
  surprises = 0;

  constructor(name: string, screen: string, nonce: number) {
    this.name = name;
    this.screen = screen;
    this.state = createClient(0, nonce);
  }

  edit(op: Op): void {
    this.screen = apply(this.screen, op);
    this.put({ kind: "edit", op });
  }

  put(input: ClientInput): void {
    if (input.kind === "packet") this.#compare(input.packet);
    const [state, outputs] = step(this.state, input);
    this.state = state;
    for (const output of outputs) {
      if (output.kind === "apply") this.screen = apply(this.screen, output.op);
      else if (output.kind === "send" || output.kind === "fetch") this.up.push(output);
    }
  }

  // Older clients know their own packet by its components, so they must be what we predicted.
  #compare({ version, op, nonce }: Packet): void {
    const { state } = this;
    const [outstanding] = state.pending;
    if (outstanding?.nonce !== nonce || state.version + 1 !== version) return;
    if (JSON.stringify(outstanding.op) !== JSON.stringify(op)) this.surprises++;
  }
}

/** Three clients and an authority, of which one thing after the other happens by chance. */
class World {
  readonly random: Random;
  readonly authority: Authority;
  readonly sites: readonly Site[];
  readonly packets: Packet[] = [];
  /** How often an edit came to the authority that it had committed already. */
  repeated = 0;

  constructor(seed: number) {
    this.random = mulberry32(seed);
    const text = "one 😀 two\r\nthree";
    this.authority = new Authority(Text.from(text), 0);
    this.sites = ["a", "b", "c"].map((name, i) => new Site(name, text, 1 + 1000 * i));
  }

  step(): void {
    const site = this.sites[this.#below(3)];
    if (site === undefined) return;
    const dice = this.#below(20);
    if (dice < 7) site.edit(this.#randomOp(site.screen));
    else if (dice < 11) this.#deliver(site, site.up);
    else if (dice < 17) this.#deliverDown(site);
    else if (dice === 17) this.#deliver(site, site.late);
    else if (dice === 18) this.#cut(site);
    else this.#connect(site);
  }

  /** Connects everyone and delivers everything. */
  quiesce(): void {
    for (const site of this.sites) this.#connect(site);
    while (this.sites.some(({ up, down, late }) => up.length + down.length + late.length > 0)) {
      for (const site of this.sites) {
        this.#deliver(site, site.up);
        this.#deliver(site, site.late);
        this.#deliverDown(site);
      }
    }
  }

  #deliver(site: Site, queue: ToAuthority[]): void {
    const message = queue.shift();
    if (message === undefined) return;
    if (message.kind === "fetch") {
      if (queue === site.late) return;
      const asked = this.packets.slice(message.from - 1, message.to);
      site.down.push(...asked.map((packet) => ({ kind: "packet" as const, packet })));
    } else {
      this.#commit(site, message.base, message.op, message.nonce);
    }
  }

  #commit(site: Site, base: number, op: Op, nonce: number): void {
    const committed = this.authority.receive({ base, op, nonce, author: site.name });
    if (committed.repeated) {
      this.repeated++;
      return;
    }
    const packet = { version: committed.version, op: committed.op, nonce, userId: 0 };
    this.packets.push(packet);
    for (const { isConnected, down } of this.sites) {
      if (isConnected) down.push({ kind: "packet", packet });
    }
  }

  #deliverDown(site: Site): void {
    const input = site.down.shift();
    if (input !== undefined) site.put(input);
  }

  // What was on its way up arrives late or never; nothing comes back.
  #cut(site: Site): void {
    if (!site.isConnected) return;
    site.isConnected = false;
    if (this.#below(3) > 0) site.late.push(...site.up);
    site.up = [];
    site.down = [];
    site.put({ kind: "disconnected" });
  }

  #connect(site: Site): void {
    if (site.isConnected) return;
    site.isConnected = true;
    site.down = [{ kind: "connected", version: this.authority.version }];
  }

  #randomOp(text: string): Op {
    const components: Component[] = [];
    let left = codePointLength(text);
    for (let i = this.#below(3); i >= 0; i--) {
      const retained = this.#below(left + 1);
      const deleted = this.#below(Math.min(left - retained, 4) + 1);
      left -= retained + deleted;
      const insert = ["x", "yz", "😀", "\r\n", "", ""][this.#below(6)] ?? "";
      components.push(retained, insert, -deleted);
    }
    return normalize(components);
  }

  #below(bound: number): number {
    return randomBelow(this.random, bound);
  }
}

describe("clients and authority", () => {
  it("[OT7] end in one text, whatever is lost, late or sent again", () => {
    let repeated = 0;
    for (let seed = 0; seed < 400; seed++) {
      const world = new World(seed);
      for (let i = 0; i < 150; i++) world.step();
      world.quiesce();
      const { authority, packets } = world;
      const text = authority.text.toString();
      const version = authority.version;
      for (const { name, screen, state, surprises } of world.sites) {
        expect({ seed, name, screen, surprises }).toEqual({
          seed,
          name,
          screen: text,
          surprises: 0,
        });
        expect(state).toMatchObject({ pending: [], version, link: { kind: "up" } });
      }
      // Nothing was committed twice.
      expect(new Set(packets.map(({ nonce }) => nonce)).size).toBe(packets.length);
      repeated += world.repeated;
    }
    // All of that did come up.
    expect(repeated).toBeGreaterThan(100);
  });
});
