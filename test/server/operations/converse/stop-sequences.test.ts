import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { StopSequences } from "../../../../src/server/operations/converse/stop-sequences.js";

/** The output, part by part, for a text that arrives in parts. */
function cut(parts: readonly string[], sequences: readonly string[]) {
  const stop = new StopSequences(sequences);
  const released: string[] = [];
  for (const part of parts) {
    const { text, stopped } = stop.push(part);
    released.push(text);
    if (stopped) return { released, stopped };
  }
  released.push(stop.flush());
  return { released, stopped: false };
}

describe("StopSequences", () => {
  it("cuts where a sequence begins that is split over parts", () => {
    expect(cut(["One. S", "TO", "P. Two."], ["STOP"])).toEqual({
      released: ["One. ", "", ""],
      stopped: true,
    });
  });

  it("releases text that only looked like a beginning, with the part that decides it", () => {
    expect(cut(["a S", "T", "and"], ["STOP"])).toEqual({ released: ["a ", "", "STand", ""], stopped: false });
  });

  it("releases the text held back when the text ends", () => {
    expect(cut(["a ST"], ["STOP"])).toEqual({ released: ["a ", "ST"], stopped: false });
  });

  it("cuts at the sequence that is completed first", () => {
    expect(cut(["xab", "cd"], ["abcd", "bc"])).toEqual({ released: ["x", "a"], stopped: true });
  });

  it("releases everything at once without sequences", () => {
    expect(cut(["a", "", "b"], [])).toEqual({ released: ["a", "", "b", ""], stopped: false });
  });

  const letters = fc.string({ unit: fc.constantFrom("a", "b", "c", "🦙"), maxLength: 6 });
  const parts = fc.array(letters, { maxLength: 12 });
  const sequences = fc.array(
    letters.filter((text) => text !== ""),
    { minLength: 1, maxLength: 3 },
  );

  it("releases no part of a sequence and all text before it, however the text is split", () => {
    fc.assert(
      fc.property(parts, sequences, (pieces, stops) => {
        const { released, stopped } = cut(pieces, stops);
        const whole = pieces.join("");
        // the sequence that is completed first ends the text; of several, the one that begins first
        const found = stops
          .map((stop) => ({ at: whole.indexOf(stop), end: whole.indexOf(stop) + stop.length }))
          .filter(({ at }) => at >= 0)
          .sort((a, b) => a.end - b.end || a.at - b.at);
        expect(stopped).toBe(found.length > 0);
        expect(released.join("")).toBe(whole.slice(0, found[0]?.at));
      }),
      { numRuns: 1000 },
    );
  });

  it("holds back no more than a possible beginning", () => {
    fc.assert(
      fc.property(parts, sequences, (pieces, stops) => {
        const stop = new StopSequences(stops);
        let seen = "";
        let released = "";
        for (const piece of pieces) {
          seen += piece;
          const { text, stopped } = stop.push(piece);
          released += text;
          if (stopped) return;
          const held = seen.slice(released.length);
          expect(held === "" || stops.some((sequence) => sequence.startsWith(held))).toBe(true);
        }
      }),
    );
  });
});
