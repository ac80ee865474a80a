import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { generateKeyPairSync } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { silentLogger } from "#common/lib/log.ts";
import { encodeCommand } from "#common/wire/codec.ts";
import type { Transport } from "#common/wire/transport.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { mintToken } from "#test/helpers/mintToken.ts";
import { Gate } from "./gate.ts";
import type { Repls } from "./repls.ts";

const pair = generateKeyPairSync("ed25519");
const ping = encodeCommand({ body: { case: "ping", value: {} } });

/** A container that keeps what it is sent. */
const received: Uint8Array[] = [];
const container = {
  connect(transport: Transport) {
    transport.onFrame = (frame) => received.push(frame);
    return { id: 2 };
  },
};

let clock: FakeClock;
let open: () => void;
let gate: Gate;
let transport: Transport & { closed: { code: number; reason: string } | undefined };

beforeEach(() => {
  received.length = 0;
  clock = new FakeClock();
  // The container starts when the test says so.
  const starting = new Promise<void>((resolve) => (open = resolve));
  const repls = {
    async admit(_: unknown, enter: (entered: typeof container) => void) {
      await starting;
      enter(container);
      return { ok: true, value: undefined };
    },
  } as unknown as Repls;
  const rules = { cluster: "local", trusted: new Map([["dev:1", pair.publicKey]]) };
  gate = new Gate({ clock, log: silentLogger, repls, rules });
  transport = {
    closed: undefined,
    queuedBytes: 0,
    send: () => {},
    onFrame: () => {},
    onClose: () => {},
    close(code, reason) {
      this.closed ??= { code, reason };
      this.onClose(code, reason);
    },
  };
});

function mint(): string {
  const now = clock.now();
  return mintToken(
    {
      iat: timestampFromMs(now),
      cluster: "local",
      metadata: { case: "id", value: { id: "repl-1" } },
    },
    { id: "dev:1", key: pair.privateKey },
  );
}

test("[TK12] a connection that sends no token is closed after ten seconds", () => {
  gate.enter(transport, "");
  clock.advance(9_999);
  expect(transport.closed).toBeUndefined();
  clock.advance(1);
  expect(transport.closed).toEqual({ code: 1008, reason: "no token was sent" });
});

test("[TK12] whoever leaves before that leaves no timer behind", () => {
  gate.enter(transport, "");
  transport.onClose(1006, "");
  expect(clock.pending).toBe(0);
});

test("[TK12] with the token the time is over", () => {
  gate.enter(transport, "");
  transport.onFrame(encodeCommand({ body: { case: "auth", value: { token: mint() } } }));
  expect(clock.pending).toBe(0);
});

test("frames that come while the container starts reach it in their order", async () => {
  gate.enter(transport, mint());
  const frames = [ping, encodeCommand({ body: { case: "hasCap", value: true } })];
  for (const frame of frames) transport.onFrame(frame);
  open();
  await expect.poll(() => received).toEqual(frames);
});

test("whoever floods the container before it is there is sent away", async () => {
  gate.enter(transport, mint());
  for (let i = 0; i <= 100; i++) transport.onFrame(ping);
  expect(transport.closed).toEqual({ code: 1008, reason: "too much was sent too early" });
  open();
  await Promise.resolve();
  expect(received).toEqual([]);
});

test("whoever leaves while the container starts does not enter it", async () => {
  gate.enter(transport, mint());
  transport.onFrame(ping);
  transport.onClose(1006, "");
  open();
  await new Promise((resolve) => setImmediate(resolve));
  expect(received).toEqual([]);
});
