/** What the app knows of the connection; each change is one `state` line of the log. */
export type ConnectionState =
  | { readonly kind: "connecting"; readonly attempt: number }
  | { readonly kind: "booting" }
  | { readonly kind: "connected" }
  /** Trying again at `retryAtMs` (epoch). Editing goes on meanwhile. */
  | { readonly kind: "waiting"; readonly retryAtMs: number; readonly attempt: number }
  | { readonly kind: "offline" }
  /** It will not come back by itself. */
  | { readonly kind: "ended"; readonly reason: string };

export type BootStage =
  "handshake" | "acquiring" | "proxy" | "pull-files" | "load-block" | "retry" | "complete";

export type Role = "owner" | "editor" | "viewer";

export interface Self {
  readonly userId: number;
  readonly session: number;
  readonly name: string;
  readonly role: Role;
}

export interface Port {
  readonly port: number;
  readonly address: string;
  /** The port of the host that a browser can open; undefined when it is not forwarded. */
  readonly forwardedPort?: number;
  readonly command: readonly string[];
}

export type ControlEvent =
  | { readonly kind: "connection"; readonly state: ConnectionState }
  | {
      readonly kind: "boot";
      readonly stage: BootStage;
      readonly progress: number;
      readonly total: number;
    }
  /** Median of the last pings. */
  | { readonly kind: "latency"; readonly medianMs: number }
  | { readonly kind: "self"; readonly self: Self }
  | { readonly kind: "repl"; readonly id: string; readonly slug: string; readonly language: string }
  | { readonly kind: "port-opened"; readonly port: Port }
  | { readonly kind: "port-closed"; readonly port: number }
  | { readonly kind: "toast"; readonly text: string };
