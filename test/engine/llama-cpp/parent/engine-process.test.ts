import { expect, test } from "vitest";

import { describeExit } from "../../../../src/engine/llama-cpp/parent/engine-process.js";

test("a kill may mean that memory ran out", () => {
  expect(describeExit({ code: null, signal: "SIGKILL", stderr: "" })).toMatch(
    /^The engine process ended \(signal SIGKILL\)\. The operating system .* memory ran out/u,
  );
});

test("the message has the assertion, not the addresses after it", () => {
  const stderr =
    "a warning\n/src/ggml/ggml.c:3220: GGML_ASSERT(a->ne[2] == b->ne[0]) failed\n./lib.so(+0x1a)[0x7f]\n./lib.so(+0x2b)[0x7e]\n";
  expect(describeExit({ code: null, signal: "SIGABRT", stderr })).toBe(
    "The engine process ended (signal SIGABRT): /src/ggml/ggml.c:3220: GGML_ASSERT(a->ne[2] == b->ne[0]) failed",
  );
});

test("otherwise the last line", () => {
  const exit = { code: 7, signal: null };
  expect(describeExit({ ...exit, stderr: "one\ntwo\n" })).toBe("The engine process ended (exit code 7): two");
  expect(describeExit({ ...exit, stderr: "" })).toBe("The engine process ended (exit code 7).");
});

test("a process that couldn't be started", () => {
  const error = new Error("spawn node EAGAIN");
  expect(describeExit({ code: null, signal: null, error, stderr: "" })).toBe(
    "The engine process ended (spawn node EAGAIN).",
  );
});

test.for([
  [0xc0000005, "exit code 0xC0000005, access violation"],
  [0xc0000409, "exit code 0xC0000409, the program ended itself after a fatal error"],
  [0xc0000017, "exit code 0xC0000017, out of memory"],
  // as a signed number
  [-1073741819, "exit code 0xC0000005, access violation"],
  [1, "exit code 1"],
] as const)("on Windows, code %d without a word is named and may mean that memory ran out", ([code, how]) => {
  const text = describeExit({ code, signal: null, stderr: "" }, "win32");
  expect(text).toContain(`The engine process ended (${how}). `);
  expect(text).toContain("memory ran out");
});

test.for([
  [0xc0000135, "exit code 0xC0000135, a DLL is missing"],
  [0xc000001d, "exit code 0xC000001D, illegal instruction: the processor lacks one that the build uses"],
  [0xc0001234, "exit code 0xC0001234"],
  [7, "exit code 7"],
] as const)("on Windows, code %d is named", ([code, how]) => {
  expect(describeExit({ code, signal: null, stderr: "" }, "win32")).toBe(
    `The engine process ended (${how}).`,
  );
  expect(describeExit({ code, signal: null, stderr: "GGML_ASSERT(x) failed" }, "win32")).toBe(
    `The engine process ended (${how}): GGML_ASSERT(x) failed`,
  );
});

test("elsewhere, an exit code of 1 says nothing of memory", () => {
  for (const platform of ["linux", "darwin"] as const) {
    expect(describeExit({ code: 1, signal: null, stderr: "" }, platform)).toBe(
      "The engine process ended (exit code 1).",
    );
  }
});
