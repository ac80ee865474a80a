import { describe, expect, it } from "vitest";
import { chat } from "#container/services/chat.ts";
import { presence } from "#container/services/presence.ts";
import { bringClient, pass } from "#test/helpers/clientWorld.ts";
import { createRoom } from "#test/helpers/room.ts";

describe("client and container", () => {
  it("connects, learns who it is and who else is here, and talks", async () => {
    const room = createRoom({ services: [chat, presence] });
    const ada = bringClient(() => room, { userId: 1, name: "Ada", role: "owner" });
    await pass(room.clock);
    expect(ada.connection()).toEqual({ kind: "connected" });
    expect(ada.events).toContainEqual({
      slice: "control",
      event: { kind: "self", self: { userId: 1, session: 2, name: "Ada", role: "owner" } },
    });

    const bob = bringClient(() => room, { userId: 2, name: "Bob" });
    await pass(room.clock);
    expect((await Promise.all([bob.client.chat.say("hi"), pass(room.clock)]))[0].ok).toBe(true);
    const heard = { slice: "chat", event: { kind: "message" } };
    expect(ada.events.filter(({ slice }) => slice === "chat").at(-1)).toMatchObject(heard);
    expect(bob.events.filter(({ slice }) => slice === "chat").at(-1)).toMatchObject(heard);
    expect(ada.events).toContainEqual({
      slice: "presence",
      event: {
        kind: "joined",
        person: { session: 3, userId: 2, name: "Bob", role: "editor" },
      },
    });
  });
});
