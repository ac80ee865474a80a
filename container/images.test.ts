import { expect, test } from "vitest";
import { memoryPlatform } from "#test/helpers/memoryPlatform.ts";
import { StoredImages } from "./images.ts";

const { storage } = memoryPlatform();

const image = (bytes: number) => new Uint8Array(bytes).fill(7);

/** Which of the images are there, by whoever reads the storage next. */
async function kept(images: StoredImages, ...names: readonly string[]): Promise<string> {
  const read = await Promise.all(names.map((name) => images.read(name)));
  return names.filter((_, index) => read[index] !== undefined).join(" ");
}

test("[CT11] when there is no room for all, the oldest go", async () => {
  const images = new StoredImages(storage, 100);
  await Promise.all(["a", "b", "c"].map((name) => images.put(name, image(30))));
  expect(await kept(images, "a", "b", "c")).toBe("a b c");
  // What is sent again is as good as new, and takes no more room.
  await images.put("a", image(30));
  expect(await kept(images, "a", "b", "c")).toBe("a b c");
  const later = new StoredImages(storage, 100);
  await later.put("d", image(60));
  expect(await kept(later, "a", "b", "c", "d")).toBe("a d");
  await later.remove("d");
  await later.put("e", image(70));
  expect(await kept(later, "a", "b", "c", "d", "e")).toBe("a e");
});
