/**
 * One end of something that moves frames, in order, until it dies. It is either open or closed and
 * never opens again. Frames are owned by the receiver once delivered, and must not be changed by
 * the sender once sent, nor must their list (one list may go to many transports).
 */
export interface Transport {
  /** Queues frames, in order. What is sent after the close is dropped. */
  send(frames: readonly Uint8Array[]): void;
  /** Bytes accepted by `send` that have not left this machine yet. */
  readonly queuedBytes: number;
  /** Ends the transport from this side; `onClose` is called on both. */
  close(code: number, reason: string): void;
  /** Set once, by the one reader, before the first frame can arrive. */
  onFrame: (frame: Uint8Array) => void;
  onClose: (code: number, reason: string) => void;
}

/** Close codes that a client can tell apart (CN6). */
export const CloseCode = {
  normal: 1000,
  goingAway: 1001,
  policyViolation: 1008,
  abnormal: 1006,
  /** Too slow for what it is sent: reconnect and take a snapshot (CN8). */
  tryAgainLater: 1013,
  tryAgainElsewhere: 4001,
  userError: 4002,
  concurrentLimit: 4004,
  firewallDenied: 4000,
} as const;
