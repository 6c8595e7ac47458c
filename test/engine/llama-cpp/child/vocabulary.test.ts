import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { Detokenizer } from "../../../../src/engine/llama-cpp/child/vocabulary.js";

/** A vocabulary of pieces of bytes: token n is piece n. Special tokens have no text. */
function vocabulary(pieces: readonly Uint8Array[]) {
  return {
    detokenize(tokens: readonly number[]): string {
      const bytes = tokens.flatMap((token) => [...(pieces[token] ?? [])]);
      return new TextDecoder().decode(Uint8Array.from(bytes));
    },
  };
}

function pushAll(pieces: readonly Uint8Array[]): string[] {
  const text = new Detokenizer(vocabulary(pieces), []);
  return pieces.map((_, token) => text.push(token));
}

const bytes = (...values: number[]) => Uint8Array.from(values);

describe("Detokenizer", () => {
  test("a character comes whole, with the token that completes it", () => {
    // 🦙 is F0 9F A6 99
    expect(pushAll([bytes(0x61, 0xf0), bytes(0x9f), bytes(0xa6), bytes(0x99, 0x62)])).toEqual([
      "a",
      "",
      "",
      "🦙b",
    ]);
  });

  test("a token that ends one character and begins the next", () => {
    // é is C3 A9
    expect(pushAll([bytes(0xc3), bytes(0xa9, 0xc3), bytes(0xa9)])).toEqual(["", "é", "é"]);
  });

  test("a special token has no text and disturbs nothing", () => {
    expect(pushAll([bytes(0x61), bytes(), bytes(0x62)])).toEqual(["a", "", "b"]);
  });

  test("bytes that aren't text aren't held back for ever", () => {
    const given = pushAll(Array.from({ length: 200 }, () => bytes(0xff)));
    expect(given.join("").length).toBeGreaterThanOrEqual(198);
  });

  test("any text split anywhere joins to itself, and only whole characters leave", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\uFFFD")),
        fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
        (text, sizes) => {
          const all = new TextEncoder().encode(text);
          const pieces: Uint8Array[] = [];
          for (let at = 0; at < all.length;) {
            const size = sizes.next().value as number;
            pieces.push(all.slice(at, at + size));
            at += size;
          }
          const given = pushAll(pieces);
          expect(given.join("")).toBe(text);
          expect(given.some((part) => part.includes("\uFFFD"))).toBe(false);
        },
      ),
    );
  });
});
