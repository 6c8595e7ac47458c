import { describe, expect, it, test } from "vitest";

import { type CacheLayout, cacheLayouts, memoryNeed, weightsOf } from "../../../src/models/index.js";

const told = ({ sequences, halfSequences, kvCacheType }: CacheLayout) =>
  `${sequences} ${kvCacheType}${halfSequences > 0 ? `, ${halfSequences} half` : ""}`;

describe("the layouts to choose from", () => {
  it("give up bytes first, then the second half of contexts, then sequences", () => {
    expect(cacheLayouts({}, 3, 128).map(told)).toEqual([
      "3 f16",
      "3 q8_0",
      "3 q8_0, 1 half",
      "3 q8_0, 2 half",
      "2 q8_0",
      "2 q8_0, 1 half",
      "1 q8_0",
    ]);
  });

  it("keep what was chosen", () => {
    expect(cacheLayouts({ kvCacheType: "f16" }, 2, 128).map(told)).toEqual([
      "2 f16",
      "2 f16, 1 half",
      "1 f16",
    ]);
    expect(cacheLayouts({ sequences: 2 }, 4, 64).map(told)).toEqual(["2 f16", "2 q8_0", "2 q8_0, 1 half"]);
    expect(cacheLayouts({ sequences: 1, kvCacheType: "q8_0" }, 4, 64).map(told)).toEqual(["1 q8_0"]);
  });

  it.each([80, 100, 16, 33])("have no q8_0 with %i numbers in a head", (headSize) => {
    expect(cacheLayouts({}, 2, headSize).map(told)).toEqual(["2 f16", "2 f16, 1 half", "1 f16"]);
    expect(cacheLayouts({ kvCacheType: "q8_0" }, 2, headSize)).toEqual([]);
  });

  it.each([1, 2, 4, 8])("need less and less memory, with %i sequences or fewer", (most) => {
    const { shape } = weightsOf("meta.llama2-13b-chat-v1");
    const cache = (layout: CacheLayout) => memoryNeed(0, shape, layout, 4096);
    const smallest = Math.min(...cacheLayouts({}, most, 128).map(cache));
    expect(cacheLayouts({}, most, 128).map(cache).at(-1)).toBe(smallest);
  });
});

test("Llama 2 13B serves four at once on 16 GB, as bench/memory.mjs measures", () => {
  const { shape, contextSize } = weightsOf("meta.llama2-13b-chat-v1");
  const need = (layout: CacheLayout) => memoryNeed(7.87e9, shape, layout, contextSize);
  const budget = 16 * 1024 ** 3 * 0.75;
  expect(cacheLayouts({}, 4, shape.headSize).map((each) => [told(each), need(each) <= budget])).toEqual(
    expect.arrayContaining([
      ["4 f16", false],
      ["4 q8_0", false],
      ["4 q8_0, 3 half", true],
    ]),
  );
});
