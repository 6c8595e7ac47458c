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

it.each(["=", "a", "a===", "ä", "a_b-"])("refuses %j, which isn't base64", (text) => {
  expect(() => decodeBase64(text)).toThrow(expect.objectContaining({ type: "SerializationException" }));
});
