export interface ChatMessage {
  readonly author: string;
  readonly text: string;
  /** When this client received it, in milliseconds since the epoch; undefined for scrollback. */
  readonly receivedMs: number | undefined;
}

export type ChatEvent =
  /** The room's history, which replaces what was shown. */
  | { readonly kind: "scrollback"; readonly messages: readonly ChatMessage[] }
  | { readonly kind: "message"; readonly message: ChatMessage }
  | { readonly kind: "typing"; readonly author: string; readonly typing: boolean };
