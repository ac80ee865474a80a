import type { Clock } from "#common/lib/clock.ts";
import type { OpenChannel } from "./channel.ts";

/** What the client half of every service is made with. `Event` is what it tells the store. */
export interface ServiceContext<Event> {
  readonly clock: Clock;
  readonly open: OpenChannel;
  readonly emit: (event: Event) => void;
}
