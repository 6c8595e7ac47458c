import { expect, test } from "vitest";

import { SamplerGarbage } from "../../src/engine/llama-cpp/sampler-garbage.js";

function setUp() {
  const collected: string[] = [];
  const garbage = new SamplerGarbage((youngOnly) => collected.push(youngOnly ? "young" : "all"));
  const end = (count: number) => {
    for (let n = 0; n < count; n++) garbage.generationEnded();
  };
  return { garbage, collected, end };
}

test("young garbage is collected now and then, all of it seldom while there's something to do", () => {
  const { collected, end } = setUp();
  end(15);
  expect(collected).toEqual([]);
  end(48);
  expect(collected).toEqual(["young", "young", "young"]);
  end(1);
  expect(collected).toEqual(["young", "young", "young", "all"]);
  end(15);
  expect(collected).toHaveLength(4);
});

test("with nothing to do all of it, once", () => {
  const { garbage, collected, end } = setUp();
  garbage.idle();
  end(16);
  garbage.idle();
  garbage.idle();
  expect(collected).toEqual(["young", "all"]);
});
