import { RequestError } from "#common/lib/errors.ts";
import { crc32OfText } from "#common/ot/crc32.ts";
import { apply, type Component } from "#common/ot/op.ts";
import type { BodyFor } from "#common/wire/body.ts";
import { componentsOf, wireOps } from "#container/services/ot/commit.ts";
import type { FrameClient } from "#test/helpers/frameClient.ts";

type ValueOf<C extends BodyFor<"ot">["case"]> = Extract<BodyFor<"ot">, { case: C }>["value"];
type Packet = ValueOf<"ot">;

/**
 * One client's view of one text, as plain as can be: it applies what it is told and says what the
 * test tells it to say. Only one of a test's clients edits at a time, unless the test gives bases.
 */
export class OtClient {
  text = "";
  version = 0;
  readonly client: FrameClient;
  readonly id: number;
  readonly status: ValueOf<"otstatus">;
  /** Packets that were taken in, in order. */
  readonly packets: Packet[] = [];

  constructor(client: FrameClient, id: number, status: ValueOf<"otstatus">) {
    this.client = client;
    this.id = id;
    this.status = status;
    this.text = status.contents;
    this.version = status.version;
  }

  /** Opens the channel, and links it when nobody has. */
  static async open(client: FrameClient, path: string): Promise<OtClient> {
    const { id } = await client.open("ot", `ot:${path}`);
    const ot = new OtClient(client, id, await client.next("otstatus", id));
    if (ot.status.linkedFile === undefined) await ot.link(path);
    return ot;
  }

  /** Links, and takes the text from the packet as a client of the seed schema does. */
  async link(path: string, highConsistency = false): Promise<ValueOf<"otLinkFileResponse">> {
    const value = { file: { path }, highConsistency };
    const { body } = await this.client.request(this.id, { case: "otLinkFile", value });
    if (body.case === "error") throw new RequestError("failed", body.value);
    if (body.case !== "otLinkFileResponse") throw new Error(`link answered by ${body.case}`);
    const whole = await this.client.next("ot", this.id);
    this.text = apply("", componentsOf(whole.ops));
    this.version = whole.spookyVersion;
    return body.value;
  }

  /**
   * Sends an op, in any form; `base` is the version that this client has unless the test gives
   * another, or the `version` that it is to make.
   */
  async send(
    op: readonly Component[],
    options: { base?: number; version?: number; nonce?: number; userId?: number } = {},
  ): Promise<string> {
    const { version = 0, nonce = 0, userId = 0 } = options;
    const spookyVersion = version === 0 ? (options.base ?? this.version) : 0;
    const value = { spookyVersion, version, ops: wireOps(op), nonce, userId };
    const { body } = await this.client.request(this.id, { case: "ot", value });
    return body.case === "error" ? body.value : (body.case ?? "nothing");
  }

  /** Takes in packets up to `version`, checking what each says about the text. */
  async upTo(version: number): Promise<string> {
    while (this.version < version) this.takeIn(await this.client.next("ot", this.id));
    return this.text;
  }

  takeIn(packet: Packet): void {
    this.text = applied(this, packet);
    this.version = packet.version;
    this.packets.push(packet);
  }

  async fetch(versionFrom: number, versionTo: number): Promise<readonly Packet[]> {
    const value = { versionFrom, versionTo };
    const { body } = await this.client.request(this.id, { case: "otFetchRequest", value });
    if (body.case === "error") throw new RequestError("failed", body.value);
    if (body.case !== "otFetchResponse") throw new Error(`fetch answered by ${body.case}`);
    return body.value.packets;
  }

  async flush(): Promise<string> {
    const { body } = await this.client.request(this.id, { case: "flush", value: {} });
    return body.case === "error" ? body.value : (body.case ?? "nothing");
  }
}

/** The text that a whole history makes. */
export function replay(packets: readonly Packet[]): string {
  return packets.reduce((text, packet, version) => applied({ text, version }, packet), "");
}

function applied({ text, version }: { text: string; version: number }, packet: Packet): string {
  if (packet.version !== version + 1) throw new Error(`packet ${packet.version} after ${version}`);
  const after = apply(text, componentsOf(packet.ops));
  if (packet.crc32 !== crc32OfText(after)) throw new Error(`crc32 of version ${packet.version}`);
  return after;
}
