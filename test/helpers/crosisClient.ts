import { Client, type Channel, type ChannelOptions } from "@replit/crosis";
import { WebSocket } from "ws";

/** A channel of the public client library, until its cleanup is called. */
export interface CrosisChannel {
  readonly channel: Channel;
  /** Asks for its close; resolves when the library has cleaned it up. */
  close(): Promise<void>;
}

export interface CrosisClient {
  readonly client: Client<null>;
  /** Stages of the boot, as the library has told them. */
  readonly stages: readonly number[];
  /** Opens a channel; rejects with what the library holds to be fatal for the whole client. */
  open(
    service: string,
    name?: string,
    action?: ChannelOptions<null>["action"],
  ): Promise<CrosisChannel>;
  /** Ends the connection; resolves when everything has been cleaned up. */
  close(): Promise<void>;
}

/** Connects the public client library, unmodified, and waits until it is connected. */
export async function connectCrosis(
  url: string,
  token: string | (() => Promise<string>),
): Promise<CrosisClient> {
  const client = new Client<null>();
  const fatal = new Promise<never>((_, reject) => client.setUnrecoverableErrorHandler(reject));
  // Only those who wait for something want to hear of it.
  fatal.catch(() => {});
  let ended: () => void = () => {};
  const end = new Promise<void>((resolve) => (ended = resolve));

  const stages: number[] = [];
  client.onBootStatus(({ stage }) => stages.push(stage));
  const connected = new Promise<void>((resolve) => {
    client.open(
      {
        context: null,
        WebSocketClass: WebSocket as unknown as typeof globalThis.WebSocket,
        fetchConnectionMetadata: async () => ({
          token: typeof token === "string" ? token : await token(),
          ...{ gurl: url, conmanURL: url, dotdevHostname: "", error: null },
        }),
      },
      () => {
        resolve();
        return ended;
      },
    );
  });
  await Promise.race([connected, fatal]);

  return {
    client,
    stages,
    open(service, name, action) {
      const opened = new Promise<CrosisChannel>((resolve) => {
        let cleaned: () => void = () => {};
        const cleanup = new Promise<void>((done) => (cleaned = done));
        const options = {
          service,
          ...(name === undefined ? {} : { name }),
          ...(action === undefined ? {} : { action }),
        } as ChannelOptions<null>;
        const requestClose = client.openChannel(options, ({ channel }) => {
          const close = (): Promise<void> => {
            requestClose();
            return cleanup;
          };
          resolve({ channel, close });
          return cleaned;
        });
      });
      return Promise.race([opened, fatal]);
    },
    close() {
      client.close();
      return end;
    },
  };
}
