import { expect, test } from "vitest";

import { isValidApiKey, keySetOf, mergeKeySets } from "../../../src/server/access/key-set.js";
import { sha256 } from "../../../src/sigv4/index.js";

const NOW = Date.parse("2026-11-27T12:00:00Z");

const stored = (apiKey: string, expiresAt?: string) => ({
  accessKeyId: `AKIA${apiKey}`,
  secretAccessKey: "secret",
  apiKeySha256: sha256(apiKey).toString("hex"),
  createdAt: "2026-01-01T00:00:00Z",
  ...(expiresAt !== undefined && { expiresAt }),
});

test("an API key is valid until it expires, among any number of others", () => {
  const others = Array.from({ length: 1_000 }, (_, i) => stored(`other-${i}`));
  const { apiKeys } = keySetOf([...others, stored("mine", "2026-11-27T12:00:00.001Z"), stored("for-ever")]);
  for (const key of ["mine", "for-ever", "other-0", "other-999"])
    expect(isValidApiKey(apiKeys, key, NOW)).toBe(true);
  expect(isValidApiKey(apiKeys, "mine", NOW + 1)).toBe(false);
  expect(isValidApiKey(apiKeys, "for-ever", Number.MAX_SAFE_INTEGER)).toBe(true);
  for (const key of ["", "Mine", "mine ", "other", "constructor", sha256("mine").toString("hex")])
    expect(isValidApiKey(apiKeys, key, NOW)).toBe(false);
});

test.each([
  ["first", ["2026-01-01T00:00:00Z", undefined]],
  ["last", [undefined, "2026-01-01T00:00:00Z"]],
] as const)(
  "one that is there twice is valid if one of the two is, here the one that stands %s",
  (_, dates) => {
    const [one, other] = dates.map((date) => keySetOf([stored("twice", date)]));
    if (!one || !other) throw new Error("there are two");
    expect(isValidApiKey(mergeKeySets(one, other).apiKeys, "twice", NOW)).toBe(true);
    const both = keySetOf(dates.map((date) => stored("twice", date)));
    expect(isValidApiKey(both.apiKeys, "twice", NOW)).toBe(true);
    const expired = keySetOf([stored("twice", "2026-01-01T00:00:00Z")]);
    expect(isValidApiKey(mergeKeySets(expired, expired).apiKeys, "twice", NOW)).toBe(false);
  },
);
