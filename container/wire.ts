import { Emitter } from "#common/lib/emitter.ts";
import { laterBodies, type BodyInitFor, type ServiceName } from "#common/wire/body.ts";
import { encodeCommand, encodeWithLater } from "#common/wire/codec.ts";
import type { ChannelId, Session } from "./service.ts";
import type { ConnectedSession } from "./session.ts";

/** A frame of the room as it passed. */
export interface RoomFrame {
  readonly direction: "in" | "out";
  /** Its sender or its addressee; undefined for a broadcast, whose stamp says for whom it is. */
  readonly session: Session | undefined;
  readonly frame: Uint8Array;
}

/** Channel 0 of every session. */
export const CONTROL_CHANNEL = 0 as ChannelId;

export interface Direct {
  readonly ref?: string | undefined;
  /** Carried by the same frame, for readers of the later schema (RE4). */
  readonly later?: BodyInitFor<ServiceName> | undefined;
}

/**
 * The one place that every frame of the room passes, both ways: it stamps channel, session and ref
 * (CN7, RE1), keeps later bodies from sessions without `hasCap` (CN12), and tells the listeners.
 */
export class RoomWire {
  readonly frames = new Emitter<RoomFrame>();

  /** To one session. */
  send(
    to: ConnectedSession,
    channel: ChannelId,
    body: BodyInitFor<ServiceName>,
    { ref = "", later }: Direct = {},
  ): void {
    if (to.ended || (laterBodies.has(body.case) && !to.hasCap)) return;
    const command = { channel, session: to.id, body, ref };
    const frame = later === undefined ? encodeCommand(command) : encodeWithLater(command, later);
    this.frames.emit({ direction: "out", session: to, frame });
    to.deliver([frame]);
  }

  /** To all of `sessions` but one, encoded once and handed to each at one go. */
  broadcast(
    sessions: Iterable<ConnectedSession>,
    channel: ChannelId,
    bodies: readonly BodyInitFor<ServiceName>[],
    except?: Session,
  ): void {
    const session = except === undefined ? 0 : 0 - except.id;
    const frames = bodies.map((body) => encodeCommand({ channel, session, body }));
    const ofSeed = bodies.some(({ case: name }) => laterBodies.has(name))
      ? frames.filter((_, index) => !laterBodies.has(bodies[index]?.case ?? "error"))
      : frames;
    for (const frame of frames) this.frames.emit({ direction: "out", session: undefined, frame });
    for (const to of sessions) if (to !== except) to.deliver(to.hasCap ? frames : ofSeed);
  }

  received(session: ConnectedSession, frame: Uint8Array): void {
    this.frames.emit({ direction: "in", session, frame });
  }
}
