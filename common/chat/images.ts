/** A screenshot of a large screen fits; what is larger is a file, and not talk. */
export const MAX_IMAGE_BYTES = 5 * 1024 * 1024;

/** A message shows a few images, not an album. */
export const MAX_IMAGES = 8;

/** The kinds that there are, by the end of their names. Nothing in them can be run, unlike in SVG. */
const imageTypes = {
  png: "image/png",
  jpg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
} as const;

type ImageKind = keyof typeof imageTypes;

const IMAGE_NAME = /[0-9a-f]{64}\.(?:png|jpg|gif|webp)/;

/** What stands for an image in the text of a message (CT11). */
export const imagePattern = new RegExp(
  `!\\[(?<alt>[^\\]\\n]*)\\]\\(api/images/(?<image>${IMAGE_NAME.source})\\)`,
);

/** An image that the container has: `name` tells its content, `label` is what its sender called it. */
export interface ImageMark {
  readonly name: string;
  readonly label: string;
}

/** Whether somebody may have got this name from the container. */
export function isImageName(name: string): boolean {
  return new RegExp(`^${IMAGE_NAME.source}$`).test(name);
}

/** The media type of an image, by its name. */
export function imageTypeOf(name: string): string {
  return imageTypes[name.slice(name.lastIndexOf(".") + 1) as ImageKind];
}

/** What bytes are, by how they begin and whatever they are called; undefined for all else. */
export function imageKind(bytes: Uint8Array): ImageKind | undefined {
  const begins = (start: number, ...wanted: readonly number[]) =>
    wanted.every((byte, index) => bytes[start + index] === byte);
  if (begins(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "png";
  if (begins(0, 0xff, 0xd8, 0xff)) return "jpg";
  if (begins(0, 0x47, 0x49, 0x46, 0x38)) return "gif";
  const isWebp = begins(0, 0x52, 0x49, 0x46, 0x46) && begins(8, 0x57, 0x45, 0x42, 0x50);
  return isWebp ? "webp" : undefined;
}

/** The words of a message, and the images after them, as one text. */
export function withImages(words: string, images: readonly ImageMark[]): string {
  const marks = images.map(({ name, label }) => {
    const alt = label.replaceAll(/[[\]\s]+/g, " ").trim();
    return `![${alt}](api/images/${name})`;
  });
  return [words, ...marks].filter((line) => line !== "").join("\n");
}

/** The text with nothing but their labels for its images, where there is only room for words. */
export function imagesAsWords(text: string): string {
  return text.replaceAll(new RegExp(imagePattern, "g"), "$<alt>");
}

/** The opposite of `withImages`: what was said, and which images went with it. */
export function splitImages(text: string): {
  readonly words: string;
  readonly images: readonly ImageMark[];
} {
  const pattern = new RegExp(imagePattern, "g");
  const images = [...text.matchAll(pattern)].map(({ groups = {} }) => ({
    name: groups["image"] ?? "",
    label: groups["alt"] ?? "",
  }));
  return { words: text.replaceAll(pattern, "").trim(), images };
}
