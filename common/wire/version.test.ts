import { createHash } from "node:crypto";
import { toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { expect, it } from "vitest";
import { file_api } from "../gen/api_pb.ts";
import { file_client } from "../gen/client_pb.ts";
import { PROTOCOL_VERSION } from "./version.ts";

/** Whoever changes the schema decides here whether that is a new version. */
const pinned = {
  version: 1,
  api: "f00d556d82dce991e891af4c764e5be5dc515c2b6bb59861c0e550cd6b8a09f5",
  client: "4c79492ab4a669db3f998938d3b435098ffc9467dd7b1fdcc7dce7287435b684",
};

it("a change of the schema is a decision about its version", () => {
  const hashOf = (file: typeof file_api): string =>
    createHash("sha256").update(toBinary(FileDescriptorProtoSchema, file.proto)).digest("hex");
  expect({
    version: PROTOCOL_VERSION,
    api: hashOf(file_api),
    client: hashOf(file_client),
  }).toEqual(pinned);
});
