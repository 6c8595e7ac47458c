import { describe, expect, it } from "vitest";

import { isBounded, SharedBound } from "../../src/server/shared-bound.js";

const holder = (proved: boolean, address = "127.0.0.1") => ({
  address,
  isBounded: isBounded(address),
  proved,
});

describe("an amount that all requests share", () => {
  it("is bounded in all, and comes back", () => {
    const bound = new SharedBound(10, false);
    const [one, other] = [bound.share(holder(false)), bound.share(holder(false))];
    expect(one.reserve(6)).toBe(true);
    expect(other.reserve(5)).toBe(false);
    expect(other.reserve(4)).toBe(true);
    one.release();
    one.release();
    expect(other.reserve(6)).toBe(true);
    expect(one.reserve(1)).toBe(false);
  });

  it("has a half that only callers with a proved key can take, where keys are asked for", () => {
    const bound = new SharedBound(10, true);
    const [unknown, known] = [bound.share(holder(false)), bound.share(holder(true))];
    expect(unknown.reserve(6)).toBe(false);
    expect(unknown.reserve(5)).toBe(true);
    expect(known.reserve(5)).toBe(true);
    unknown.release();
    known.reserve(5);
    expect(bound.share(holder(false)).reserve(1)).toBe(false);
  });

  it("counts a caller among the proved once the key is proved", () => {
    const bound = new SharedBound(10, true);
    const [one, other] = [bound.share(holder(false)), bound.share(holder(false))];
    expect(one.reserve(5)).toBe(true);
    expect(other.reserve(1)).toBe(false);
    one.prove();
    one.prove();
    expect(other.reserve(5)).toBe(true);
    one.release();
    expect(other.reserve(1)).toBe(false);
    other.release();
    expect(bound.share(holder(true)).reserve(10)).toBe(true);
  });

  it.each([
    ["192.0.2.1", 6],
    ["2001:db8::1", 6],
    ["::ffff:192.0.2.1", 6],
    ["127.0.0.1", 8],
    ["::1", 8],
    ["::ffff:127.0.0.1", 8],
  ])("is bounded for an address but for loopback: %s gets %i of 8", (address, most) => {
    const bound = new SharedBound(8, false);
    const shares = Array.from({ length: 8 }, () => bound.share(holder(false, address)));
    expect(shares.filter((share) => share.reserve(1))).toHaveLength(most);
    expect(bound.share(holder(false, "198.51.100.1")).reserve(8 - most)).toBe(true);
    for (const share of shares) share.release();
    expect(shares[0]?.reserve(most - (8 - most))).toBe(true);
  });
});
