import { imageKind, MAX_IMAGE_BYTES, type ImageMark } from "#common/chat/images.ts";
import type { Host, HostAnswer } from "../ui/host.ts";

/** An image that is still only here. */
export interface NewImage {
  readonly label: string;
  readonly file: Blob;
}

/** An image of a message that is being written. */
export type Attachment = NewImage | ImageMark;

/** What has been seen is at hand when it comes into sight again, as long as it is not too much. */
const KEPT_BYTES = 50 * 1024 * 1024;

/** The images of the chat, each asked for once. */
export interface ChatImages {
  load(name: string): Promise<HostAnswer<Blob>>;
  /** Has them all kept by the container; those that it has stay as they are. */
  send(images: readonly Attachment[]): Promise<HostAnswer<readonly ImageMark[]>>;
}

export function createChatImages(host: Host): ChatImages {
  const known = new Map<string, Blob>();
  const asked = new Map<string, Promise<HostAnswer<Blob>>>();

  function keep(name: string, image: Blob): void {
    known.delete(name);
    known.set(name, image);
    let bytes = [...known.values()].reduce((sum, { size }) => sum + size, 0);
    for (const [old, { size }] of known) {
      if (bytes <= KEPT_BYTES) return;
      known.delete(old);
      bytes -= size;
    }
  }
  async function ask(name: string): Promise<HostAnswer<Blob>> {
    const answer = await host.image(name);
    asked.delete(name);
    if (answer.ok) keep(name, answer.value);
    return answer;
  }

  return {
    async load(name) {
      const image = known.get(name);
      if (image !== undefined) return { ok: true, value: image };
      const asking = asked.get(name) ?? ask(name);
      asked.set(name, asking);
      return asking;
    },
    async send(images) {
      const marks: ImageMark[] = [];
      for (const image of images) {
        if ("name" in image) {
          marks.push(image);
          continue;
        }
        const { label, file } = image;
        const answer = await host.sendImage(file);
        if (!answer.ok) return { ...answer, message: `${label}: ${answer.message}` };
        keep(answer.value, file);
        marks.push({ name: answer.value, label });
      }
      return { ok: true, value: marks };
    },
  };
}

/** Why a file cannot be shown in the chat, as the container would say it. */
export async function imageProblem(file: File): Promise<string | undefined> {
  const start = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  if (imageKind(start) === undefined) {
    return `${file.name}: only PNG, JPEG, GIF and WebP images can be shown.`;
  }
  if (file.size <= MAX_IMAGE_BYTES) return undefined;
  return `${file.name} is larger than ${MAX_IMAGE_BYTES / 2 ** 20} MB, the most that an image may have.`;
}
