import { expect, test } from "vitest";
import { initialPreview, parseAddress, previewAddress } from "./preview.ts";

const shown = { ...initialPreview, port: 3000, link: "http://host:4010/?key=a.b" };

test.each([
  ["/", "http://host:4010/?key=a.b"],
  ["/a/b", "http://host:4010/a/b?key=a.b"],
  ["/a?x=%20&y#z", "http://host:4010/a?x=%20&y&key=a.b#z"],
  ["//other.example/", "http://host:4010//other.example/?key=a.b"],
])("the key goes along to %s", (path, address) => {
  expect(previewAddress({ ...shown, path })).toBe(address);
});

test("nothing is shown without a link", () => {
  expect(previewAddress(initialPreview)).toBeUndefined();
});

test.each([
  ["localhost:3000/x", { port: 3000, path: "/x" }],
  ["/x?y", { path: "/x?y" }],
  ["x", { path: "/x" }],
  [":80", { port: 80, path: "/" }],
])("%s is an address as a person types it", (text, address) => {
  expect(parseAddress(text)).toEqual(address);
});
