import { expect, test } from "vitest";

import { gpuOfBuild } from "../../../src/engine/llama-cpp/protocol.js";

test.each([
  ["linux-x64", false],
  ["linux-x64-cuda", "cuda"],
  ["linux-x64-cuda-ext", "cuda"],
  ["win-x64-vulkan", "vulkan"],
  ["mac-arm64-metal", "metal"],
])("%s runs on %s", (build, gpu) => {
  expect(gpuOfBuild(build)).toBe(gpu);
});
