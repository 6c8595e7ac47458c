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
