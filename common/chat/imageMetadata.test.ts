import { describe, expect, it } from "vitest";
import { withoutMetadata } from "./imageMetadata.ts";
import { imageKind } from "./images.ts";

/**
 * Three by two pixels as a camera's program writes them: GPS, maker, orientation 6, a colour profile
 * (a row of Ps), and words. The JPEG is progressive: it has several scans.
 */
const files = {
  jpg: [
    "/9j/4AAQSkZJRgABAQAAAQABAAD/4QCqRXhpZgAATU0AKgAAAAgAAwEPAAIAAAAKAAAAMgESAAMAAAABAAYAAIgl",
    "AAQAAAABAAAAPAAAAABTZWNyZXRDYW0AAAQAAQACAAAAAk4AAAAAAgAFAAAAAwAAAHIAAwACAAAAAkUAAAAABAAF",
    "AAAAAwAAAIoAAAAAAAAANAAAAAEAAAAfAAAAAQAAAAwAAAABAAAADQAAAAEAAAAYAAAAAQAAABIAAAAB/+IAnElD",
    "Q19QUk9GSUxFAAEBUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQ",
    "UFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQ",
    "UFBQUFBQUFBQUFBQUFBQUFBQUFD//gANU2VjcmV0V29yZHP/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBC",
    "YFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSk",
    "pKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wgARCAACAAMDASIAAhEBAxEB/8QAFQAB",
    "AQAAAAAAAAAAAAAAAAAAAAT/xAAVAQEBAAAAAAAAAAAAAAAAAAACA//aAAwDAQACEAMQAAABkFz/AP/EABUQAQEA",
    "AAAAAAAAAAAAAAAAAAMz/9oACAEBAAEFAmr/AP/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQMBAT8Bf//EABcR",
    "AAMBAAAAAAAAAAAAAAAAAAABAjL/2gAIAQIBAT8BnKP/xAAVEAEBAAAAAAAAAAAAAAAAAAAAAf/aAAgBAQAGPwKv",
    "/8QAFhABAQEAAAAAAAAAAAAAAAAAASEA/9oACAEBAAE/IZEhv//aAAwDAQACAAMAAAAQ9//EABURAQEAAAAAAAAA",
    "AAAAAAAAAAAB/9oACAEDAQE/EI//xAAWEQADAAAAAAAAAAAAAAAAAAAAAaH/2gAIAQIBAT8QkR//xAAYEAEAAwEA",
    "AAAAAAAAAAAAAAABABExIf/aAAgBAQABPxAZQSgw4T//2Q==",
  ].join(""),
  png: [
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAGGlDQ1BJQ0MgUHJvZmlsZQAAeJwLCMAEAEG0BkGp",
    "lYz4AAAAEXRFWHRBdXRob3IAU2VjcmV0TmFtZbea9UUAAAAmaVRYdFhNTDpjb20uYWRvYmUueG1wAAAAAAA8eD5T",
    "ZWNyZXRYbXA8L3g+9BVkzgAAAAlwSFlzAAAWJQAAFiUBSVIk8AAAAKJlWElmTU0AKgAAAAgAAwEPAAIAAAAKAAAA",
    "MgESAAMAAAABAAYAAIglAAQAAAABAAAAPAAAAABTZWNyZXRDYW0AAAQAAQACAAAAAk4AAAAAAgAFAAAAAwAAAHIA",
    "AwACAAAAAkUAAAAABAAFAAAAAwAAAIoAAAAAAAAANAAAAAEAAAAfAAAAAQAAAAwAAAABAAAADQAAAAEAAAAYAAAA",
    "AQAAABIAAAABOXMfdgAAABhJREFUeJxj+M/AwPCfgYHhPxOE4uTkAgA5JgUalV8ybAAAAABJRU5ErkJggg==",
  ].join(""),
  webp: [
    "UklGRi4BAABXRUJQVlA4WAoAAAAsAAAAAgAAAQAASUNDUBQAAABQUFBQUFBQUFBQUFBQUFBQUFBQUFZQOEwyAAAA",
    "LwJAAAAvQCZtk57zL3g2hAQJ2f9/JZO2Sc/5F7z5D/4gJqyBQrYR4NC9BKdwEf2PYwVFWElGogAAAE1NACoAAAAI",
    "AAMBDwACAAAACgAAADIBEgADAAAAAQAGAACIJQAEAAAAAQAAADwAAAAAU2VjcmV0Q2FtAAAEAAEAAgAAAAJOAAAA",
    "AAIABQAAAAMAAAByAAMAAgAAAAJFAAAAAAQABQAAAAMAAACKAAAAAAAAADQAAAABAAAAHwAAAAEAAAAMAAAAAQAA",
    "AA0AAAABAAAAGAAAAAEAAAASAAAAAVhNUCAQAAAAPHg+U2VjcmV0WG1wPC94Pg==",
  ].join(""),
};

const kinds = Object.keys(files) as (keyof typeof files)[];
const bytes = (kind: keyof typeof files): Uint8Array =>
  new Uint8Array(Buffer.from(files[kind], "base64"));
const text = (image: Uint8Array): string => Buffer.from(image).toString("latin1");

/** An Exif in which nothing stands but that the picture lies on its right side. */
const ONLY_ORIENTATION = "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";

/** The types of a PNG's chunks, or a WebP's. */
function chunks(image: Uint8Array): readonly string[] {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const isPng = imageKind(image) === "png";
  const found: string[] = [];
  for (let at = isPng ? 8 : 12; at < image.length;) {
    const length = isPng ? view.getUint32(at) : view.getUint32(at + 4, true);
    found.push(
      text(image)
        .slice(isPng ? at + 4 : at)
        .slice(0, 4),
    );
    at += isPng ? 12 + length : 8 + length + (length % 2);
  }
  return found;
}

describe("an image without its metadata", () => {
  it.each(kinds)("tells neither where it was taken nor with what (%s)", (kind) => {
    expect(text(bytes(kind))).toContain("SecretCam");
    const image = withoutMetadata(bytes(kind));
    expect(text(image)).not.toContain("Secret");
    expect(image.length).toBeLessThan(bytes(kind).length);
    expect(imageKind(image)).toBe(kind);
  });

  it.each(kinds)("keeps which side is up, and nothing else of its Exif (%s)", (kind) => {
    const image = text(withoutMetadata(bytes(kind)));
    expect(image.split("II*\0")).toHaveLength(2);
    expect(image).not.toContain("MM\0*");
    expect(image).toContain(ONLY_ORIENTATION);
  });

  it.each(kinds)("is not changed by a second pass (%s)", (kind) => {
    const image = withoutMetadata(bytes(kind));
    expect(withoutMetadata(image)).toEqual(image);
  });

  it.each(kinds)("has nothing after its end (%s)", (kind) => {
    const longer = Buffer.concat([bytes(kind), Buffer.from("a film with Secret places")]);
    expect(withoutMetadata(new Uint8Array(longer))).toEqual(withoutMetadata(bytes(kind)));
  });

  it("keeps every scan and the profile of a JPEG", () => {
    const before = text(bytes("jpg"));
    const after = text(withoutMetadata(bytes("jpg")));
    const tables = before.slice(before.indexOf("\xff\xdb"));
    expect(after.endsWith(tables.replace(/\xff\xfe..SecretWords/s, ""))).toBe(true);
    expect(after).toContain(`ICC_PROFILE\0\x01\x01${"P".repeat(140)}`);
  });

  it("keeps the profile and the density of a PNG", () => {
    const kept = ["IHDR", "iCCP", "pHYs", "eXIf", "IDAT", "IEND"];
    const image = withoutMetadata(bytes("png"));
    expect(chunks(image).toSorted()).toEqual(kept.toSorted());
    // The checksum of the one chunk that is made here.
    const exif = text(image).indexOf("eXIf");
    expect([...image.subarray(exif + 30, exif + 34)]).toEqual([183, 72, 17, 41]);
  });

  it("keeps the profile of a WebP, and says in its head what there is", () => {
    const image = withoutMetadata(bytes("webp"));
    expect(chunks(image)).toEqual(["VP8X", "ICCP", "VP8L", "EXIF"]);
    const [profile, exif] = [0x20, 0x08];
    expect(image[20]).toBe(profile + exif);
    expect(new DataView(image.buffer).getUint32(4, true)).toBe(image.length - 8);
  });

  it("is the part before the damage, wherever that is", () => {
    const shortened = kinds.flatMap((kind) => {
      const whole = bytes(kind);
      const known = Array.from(whole.subarray(12), (_, index) => whole.slice(0, 12 + index));
      return known.map((part) => text(withoutMetadata(part)));
    });
    expect(shortened.filter((image) => image.includes("Secret"))).toEqual([]);
  });

  it("leaves alone what is nothing of the kind", () => {
    const gif = new Uint8Array(Buffer.from("GIF89a whatever"));
    expect(withoutMetadata(gif)).toBe(gif);
  });
});
