import fc from "fast-check";
import { expect, it } from "vitest";

import { decodeBase64 } from "../../src/bedrock/base64.js";

it("decodes any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(Buffer.from(decodeBase64(Buffer.from(bytes).toString("base64")))).toEqual(Buffer.from(bytes));
    }),
  );
});

it.each([
  ["=", "Base64 encoded length is expected a multiple of 4 bytes but found: 1"],
  ["a", "Base64 encoded length is expected a multiple of 4 bytes but found: 1"],
  ["a===", "Invalid last non-pad Base64 character dectected"],
  ["=AAA", "Invalid last non-pad Base64 character dectected"],
  ["ä", "Invalid Base64 character: 'ä'"],
  ["ab😀d", "Invalid Base64 character: '😀'"],
  ["a_b-", "Invalid Base64 character: '_'"],
])("refuses %j, which isn't base64, and says why", (text, message) => {
  expect(() => decodeBase64(text)).toThrow(
    expect.objectContaining({ type: "SerializationException", message }),
  );
});
