import { describe, expect, it, vi } from "vitest";

import { smallStandIn, standInName, standInNamed } from "../../../src/models/index.js";
import { chooseStandIn, type StandInFacts } from "../../../src/models/stand-in/choose-stand-in.js";

const GB = 1_000_000_000;
const BEST = "meta.llama3-2-1b-instruct-v1:0";
const MEDIUM = "Qwen2.5-0.5B-Instruct-Q4_K_M";
const SMALL = "SmolLM2-135M-Instruct-Q4_1";

/** A new home on a machine with room for everything, and a hub that answers. */
const roomy: StandInFacts = {
  small: false,
  chosen: undefined,
  ci: false,
  smallIsHere: () => Promise.resolve(false),
  bestIsHere: () => Promise.resolve(false),
  memoryBytes: 16 * GB,
  freeBytes: () => Promise.resolve(100 * GB),
  hubProblem: () => Promise.resolve(undefined),
};

async function choose(facts: Partial<StandInFacts>) {
  const { standIn, reason, detail } = await chooseStandIn({ ...roomy, ...facts });
  return [standInName(standIn), reason, detail];
}

const free = (bytes: number | undefined) => ({ freeBytes: () => Promise.resolve(bytes) });

describe("the stand-in", () => {
  it("is the best one where machine and hub allow", async () => {
    expect(await choose({})).toEqual([BEST, "best", ""]);
    expect(await choose(free(undefined))).toEqual([BEST, "best", ""]);
  });

  it.each([
    ["memory is short of the best", { memoryBytes: 4 * GB }, [MEDIUM, "memory", "4.0 GB of memory"]],
    ["memory is short of both", { memoryBytes: 2 * GB }, [SMALL, "memory", "2.0 GB of memory"]],
    ["the disk is short of the best", free(2.9 * GB), [MEDIUM, "disk", "2.9 GB of free space on the disk"]],
    ["the disk is short of both", free(1.9 * GB), [SMALL, "disk", "1.9 GB of free space on the disk"]],
    [
      "the hub can't be reached",
      { hubProblem: () => Promise.resolve("it can't be reached") },
      [SMALL, "hub", "it can't be reached"],
    ],
  ] as const)("is a smaller one where %s", async (_, facts, expected) => {
    expect(await choose(facts)).toEqual(expected);
  });

  it("is chosen without the hub where it's known or nothing is to be downloaded", async () => {
    const hubProblem = vi.fn(() => Promise.resolve("no network"));
    const here = () => Promise.resolve(true);
    expect(await choose({ hubProblem, small: true, chosen: standInNamed(BEST) })).toEqual([
      SMALL,
      "option",
      "",
    ]);
    expect(await choose({ hubProblem, chosen: standInNamed(MEDIUM), ci: true })).toEqual([
      MEDIUM,
      "settings",
      "",
    ]);
    expect(await choose({ hubProblem, ci: true, bestIsHere: here })).toEqual([SMALL, "ci", ""]);
    expect(await choose({ hubProblem, smallIsHere: here, bestIsHere: here })).toEqual([SMALL, "kept", ""]);
    expect(await choose({ hubProblem, bestIsHere: here, ...free(1 * GB) })).toEqual([BEST, "best", ""]);
    expect(await choose({ hubProblem, ...free(1 * GB) })).toMatchObject({ 0: SMALL, 1: "disk" });
    expect(hubProblem).not.toHaveBeenCalled();
  });
});

it("a stand-in is named as in the catalogue, by a model's id in any form, or by an absolute path", () => {
  expect(standInNamed("smollm2-135m-instruct-q4_1")).toEqual(smallStandIn);
  expect(standInNamed(`us.${BEST}`)).toEqual(standInNamed(BEST));
  expect(standInNamed("/models/mine.gguf")).toEqual({ kind: "file", path: "/models/mine.gguf" });
  expect(standInNamed("mine.gguf")).toBeUndefined();
  expect(standInNamed("")).toBeUndefined();
});
