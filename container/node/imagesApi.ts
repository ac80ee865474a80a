import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { withoutMetadata } from "#common/chat/imageMetadata.ts";
import { imageKind, imageTypeOf, isImageName, MAX_IMAGE_BYTES } from "#common/chat/images.ts";
import { RequestError } from "#common/lib/errors.ts";
import { refused, type Answer } from "./answer.ts";
import type { Invite } from "./invites.ts";
import type { Repls } from "./repls.ts";

/** Where images are sent to; each is found below it under its name. */
export const IMAGES_PATH = "/api/images";

const NOT_OPEN = refused(404, "This project is not open here any more.");
const TOO_LARGE = refused(413, `An image may have ${MAX_IMAGE_BYTES / 1024 / 1024} MB at most.`);
const NO_IMAGE = refused(415, "Only PNG, JPEG, GIF and WebP images can be shown.");

/** Takes images that people put into the chat, and shows them to who may read it (HT12). */
export class ImagesApi {
  readonly #repls: Repls;

  constructor(repls: Repls) {
    this.#repls = repls;
  }

  /** Keeps the image of a request, whatever it calls itself, without its metadata; answers its name. */
  async take({ replId }: Invite, request: IncomingMessage): Promise<Answer> {
    const sent = await readBody(request, MAX_IMAGE_BYTES);
    if (sent === "too large") return TOO_LARGE;
    if (sent === "cut") return refused(400, "The image did not arrive as a whole.");
    const kind = imageKind(sent);
    if (kind === undefined) return NO_IMAGE;
    // Here and not in the page: whoever sends it by whatever means, nobody learns where it was taken.
    const image = withoutMetadata(sent);
    const container = await this.#repls.containerOf(replId);
    if (container === undefined) return NOT_OPEN;
    const name = `${createHash("sha256").update(image).digest("hex")}.${kind}`;
    try {
      await container.images.put(name, image);
    } catch (error) {
      if (!(error instanceof RequestError) || error.code !== "no-space") throw error;
      return refused(507, "The host's disk is full.");
    }
    return { status: 200, body: { name } };
  }

  async show({ replId }: Invite, name: string): Promise<Answer> {
    const container = await this.#repls.containerOf(replId);
    if (container === undefined) return NOT_OPEN;
    const image = isImageName(name) ? await container.images.read(name) : undefined;
    if (image === undefined) return refused(404, "This image is not here any more.");
    return { status: 200, type: imageTypeOf(name), image };
  }
}

/** All of a body; what is too large is not kept any longer than that takes to find out. */
async function readBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Buffer | "too large" | "cut"> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return "too large";
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // What follows is left unread, so that the answer still finds its way.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const piece = chunk as Buffer;
      bytes += piece.byteLength;
      if (bytes > maxBytes) return "too large";
      chunks.push(piece);
    }
  } catch {
    return "cut"; // The sender has gone.
  }
  return Buffer.concat(chunks);
}
