import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { encodeMessage, openTextMessage } from "../../src/event-stream/index.js";
import { anyMessage, concat, utf8 } from "./support.js";

const anyHeaders = anyMessage.map(({ headers }) => headers);
const text = fc.string({ unit: fc.constantFrom("a", '"', "é", "€", "🦙"), maxLength: 300 });

describe("openTextMessage", () => {
  it("writes in two parts, wherever they part, what encodeMessage writes in one", () => {
    fc.assert(
      fc.property(anyHeaders, text, text, (headers, start, end) => {
        const body = utf8(start + end);
        const open = openTextMessage(headers, start, body.length);
        expect(concat([open.start, open.finish(end)])).toEqual(encodeMessage({ headers, body }));
      }),
    );
  });

  it("can be finished in several ways, for it keeps nothing of one", () => {
    const open = openTextMessage(new Map(), "ab", 4);
    for (const end of ["cd", "é", "ef"]) {
      const body = utf8(`ab${end}`);
      expect(concat([open.start, open.finish(end)])).toEqual(encodeMessage({ headers: new Map(), body }));
    }
  });

  it.each(["", "c", "cde", "é€"])(
    "refuses an end that makes it longer or shorter than announced: %j",
    (end) => {
      expect(() => openTextMessage(new Map(), "ab", 4).finish(end)).toThrow(RangeError);
    },
  );
});
