import { describe, expect, it } from "vitest";

import { ReaderCredit } from "../../../src/server/transport/reader-credit.js";

const MOST_MS = 5_000;

/** For how long a reader may take nothing, in steps of 100 ms. */
function patience(credit: ReaderCredit, bytes = 0): number {
  let ms = 0;
  while (!credit.isUsedUp && ms < 60_000) {
    credit.stoodStill(100, bytes);
    ms += 100;
  }
  return ms;
}

describe("a reader's credit", () => {
  it.each([
    ["that took nothing of what was generated in 10 s", 10_000, 0, 500],
    ["that took a small window, and no more", 10_000, 1_024, 1_500],
    ["that read for 2 s", 2_000, 20_000, 2_500],
    ["that read for a minute", 60_000, 600_000, MOST_MS],
    ["that took much in 3 ms, of an engine that is faster than any model", 3, 131_072, 600],
  ])("is, for one %s", (_, ms, bytes, expected) => {
    const credit = new ReaderCredit(MOST_MS);
    credit.ran(ms, bytes);
    expect(patience(credit)).toBe(expected);
  });

  it("is never more than the limit", () => {
    const credit = new ReaderCredit(100);
    credit.ran(60_000, 600_000);
    expect(patience(credit)).toBe(100);
  });

  it("lasts for a reader that takes more than 1 KiB/s, and not for one that takes less", () => {
    expect(patience(new ReaderCredit(MOST_MS), 103)).toBe(60_000);
    expect(patience(new ReaderCredit(MOST_MS), 51)).toBeLessThanOrEqual(1_100);
  });

  it("is earned again by one that reads on", () => {
    const credit = new ReaderCredit(MOST_MS);
    patience(credit);
    credit.stoodStill(100, 65_536);
    expect(patience(credit)).toBe(MOST_MS);
  });
});
