import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { Detokenizer, tokenizePrompt } from "../../../../src/engine/llama-cpp/child/vocabulary.js";

/** A vocabulary of pieces of bytes: token n is piece n. Special tokens have no text. */
function ofPieces(pieces: readonly Uint8Array[]) {
  return {
    detokenize(tokens: readonly number[]): string {
      const bytes = tokens.flatMap((token) => [...(pieces[token] ?? [])]);
      return new TextDecoder().decode(Uint8Array.from(bytes));
    },
  };
}

function pushAll(pieces: readonly Uint8Array[]): string[] {
  const text = new Detokenizer(ofPieces(pieces), []);
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

const BOS = 1;

/** A vocabulary in which `<s>` is the beginning-of-sequence token and every other character a token of its own. */
function characters(prependsBos: boolean, bos: number | null = BOS) {
  return {
    bos,
    prependsBos,
    tokenize: (text: string) =>
      Array.from(text.replaceAll("<s>", "\u0001"), (character) => character.charCodeAt(0)),
  };
}

const a = 97;

describe("the beginning-of-sequence token", () => {
  test("always: in front, whatever the model says, and doubled if the prompt has its own", () => {
    expect(tokenizePrompt(characters(false), "a", "always")).toEqual([BOS, a]);
    expect(tokenizePrompt(characters(true), "<s>a", "always")).toEqual([BOS, BOS, a]);
  });

  test("never: only what the prompt has", () => {
    expect(tokenizePrompt(characters(true), "a", "never")).toEqual([a]);
    expect(tokenizePrompt(characters(true), "<s>a", "never")).toEqual([BOS, a]);
  });

  test("model: what its metadata says, and never twice", () => {
    expect(tokenizePrompt(characters(true), "a", "model")).toEqual([BOS, a]);
    expect(tokenizePrompt(characters(true), "<s>a", "model")).toEqual([BOS, a]);
    expect(tokenizePrompt(characters(false), "a", "model")).toEqual([a]);
  });

  test("a vocabulary without one gets none; an empty prompt gets one", () => {
    expect(tokenizePrompt(characters(true, null), "a", "always")).toEqual([a]);
    expect(tokenizePrompt(characters(false), "", "never")).toEqual([BOS]);
  });
});
