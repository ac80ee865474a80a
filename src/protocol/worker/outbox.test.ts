import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import type { FromWorker } from "../bridge.ts";
import { FRAME_MS, Outbox } from "./outbox.ts";

function makeOutbox() {
  const clock = new FakeClock();
  const posted: (readonly FromWorker[])[] = [];
  const frames = { count: 0 };
  const outbox = new Outbox({
    clock,
    scheduleFrame: (callback) => {
      frames.count += 1;
      return clock.after(FRAME_MS, callback);
    },
    post: (messages) => posted.push(messages),
  });
  return { clock, outbox, posted, frames };
}

const answer = (id: number): FromWorker => ({
  kind: "answer",
  id,
  answer: { ok: true, value: undefined },
});

describe("the outbox of the worker", () => {
  it("[CL12] posts what one turn brings as one list, at once after a quiet frame", async () => {
    const { outbox, posted, frames } = makeOutbox();
    outbox.add(answer(1));
    outbox.add(answer(2));
    expect(posted).toEqual([]);
    await Promise.resolve();
    expect(posted).toEqual([[answer(1), answer(2)]]);
    expect(frames.count).toBe(0);
  });

  it("[CL12] posts at most once a frame when there is more, in order", async () => {
    const { clock, outbox, posted } = makeOutbox();
    for (let id = 0; id < 1000; id++) {
      outbox.add(answer(id));
      await Promise.resolve();
      if (id % 10 === 9) clock.advance(1);
    }
    clock.advance(FRAME_MS);
    expect(posted.length).toBeLessThanOrEqual(2 + 100 / FRAME_MS);
    expect(posted.flat()).toEqual(Array.from({ length: 1000 }, (_, id) => answer(id)));
  });

  it("asks a source once a frame, until it has nothing more", async () => {
    const { clock, outbox, posted } = makeOutbox();
    let left = 3;
    const source = {
      take: (): FromWorker | undefined => {
        if (left === 0) return undefined;
        left -= 1;
        outbox.offer(source);
        return answer(left);
      },
    };
    outbox.offer(source);
    await Promise.resolve();
    expect(posted).toEqual([[answer(2)]]);
    clock.advance(FRAME_MS);
    clock.advance(FRAME_MS);
    clock.advance(FRAME_MS);
    expect(posted).toEqual([[answer(2)], [answer(1)], [answer(0)]]);
    expect(clock.pending).toBe(0);
  });
});
