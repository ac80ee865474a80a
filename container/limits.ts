import { MAX_FRAME_BYTES } from "#common/wire/codec.ts";

/** What one client may cost everybody. Each is a judgement; tests set their own. */
export interface Limits {
  /**
   * Channels that one session has open. A large workspace has a hundred files and a dozen shells
   * open; ten thousand are a mistake or an attack (CH9).
   */
  readonly channelsPerSession: number;
  /**
   * Bytes queued towards one session. More than the largest frame, so that no single answer closes
   * a connection; little enough that a hundred stalled clients do not fill the machine (CN8).
   */
  readonly queuedBytes: number;
  /** Broken frames within a minute that end a connection (CN5). */
  readonly badFramesPerMinute: number;
  /** How long `incRef` keeps a container whose clients have gone (CN13). */
  readonly keepAliveMs: number;
  /** Longest name of a person. */
  readonly nameChars: number;
  /** Longest name of a channel: the longest path, and a prefix. */
  readonly channelNameChars: number;
}

export const defaultLimits: Limits = {
  channelsPerSession: 1000,
  queuedBytes: 2 * MAX_FRAME_BYTES,
  badFramesPerMinute: 10,
  keepAliveMs: 24 * 60 * 60 * 1000,
  nameChars: 64,
  channelNameChars: 4200,
};
