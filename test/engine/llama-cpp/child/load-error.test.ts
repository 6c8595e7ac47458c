import { describe, expect, test } from "vitest";

import { explainLibrary } from "../../../../src/engine/llama-cpp/child/backends.js";
import { LogTail, reasonIn } from "../../../../src/engine/llama-cpp/child/load-error.js";

/** What the loaders of the systems wrote, seen or from their sources, and what Cria says. */
test.for<[string, RegExp, boolean]>([
  [
    "libvulkan.so.1: cannot open shared object file: No such file or directory",
    /^libvulkan\.so\.1 was not found.*libvulkan1/u,
    true,
  ],
  [
    "libcudart.so.13: cannot open shared object file: No such file or directory",
    /^libcudart\.so\.13 was not found.*CUDA toolkit/u,
    true,
  ],
  [
    "libcuda.so.1: cannot open shared object file: No such file or directory",
    /NVIDIA's driver brings it/u,
    true,
  ],
  ["libgomp.so.1: cannot open shared object file: No such file or directory", /libgomp1/u, true],
  [
    "/x/llama-addon.node: cannot open shared object file: No such file or directory",
    /built for another processor/u,
    true,
  ],
  [
    "/x/llama-addon.node: cannot open shared object file: No such file or directory",
    /is missing: the installation/u,
    false,
  ],
  [
    "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by /x/llama-addon.node)",
    /C library is older than the build needs: GLIBC 2\.34/u,
    true,
  ],
  [
    "/x/libstdc++.so.6: version `GLIBCXX_3.4.30' not found",
    /C\+\+ library is older.*GLIBCXX 3\.4\.30/u,
    true,
  ],
  ["/x/llama-addon.node: invalid ELF header", /damaged, or built for another processor/u, true],
  ["/x/llama-addon.node: file too short", /damaged/u, true],
  [
    "The specified module could not be found.\n\\\\?\\C:\\x\\llama-addon.node",
    /a DLL that it needs.*vulkan-1\.dll/u,
    true,
  ],
  ["%1 is not a valid Win32 application.\nC:\\x\\llama-addon.node", /damaged, or built for another/u, true],
  [
    "dlopen(/x/llama-addon.node): mach-o file, but is an incompatible architecture (have 'x86_64')",
    /built for another/u,
    true,
  ],
  ["something new", /^something new$/u, true],
])("%s", ([text, said, here]) => {
  expect(explainLibrary(new Error(text), "/x/llama-addon.node", () => here)).toMatch(said);
});

describe("llama.cpp's log gives the reason, whatever its level", () => {
  const END = "llama_model_load_from_file_impl: failed to load model";
  test.for<[string[], string, RegExp]>([
    [
      [
        "llama_model_load: error loading model: tensor 'a' data is not within the file bounds, model is corrupted or incomplete",
        END,
      ],
      "model",
      /cut off before its end, or damaged.*tensor 'a'/u,
    ],
    [
      [
        "read: string length 20 exceeds remaining file size 18 bytes",
        "gguf_init_from_reader: failed to read key-value pairs",
        "llama_model_load: error loading model: llama_model_loader: failed to load model from /x.gguf",
        END,
      ],
      "model",
      /cut off before its end/u,
    ],
    [
      ["llama_model_load: error loading model: unknown model architecture: 'new'", END],
      "model",
      /"new", is unknown/u,
    ],
    [
      ["gguf_init_from_reader: invalid magic characters: 'hell', expected 'GGUF'", END],
      "model",
      /invalid magic/u,
    ],
    [
      ["ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer of size 9", END],
      "memory",
      /buffer of size 9/u,
    ],
    [["ggml_vulkan: vk::Device::allocateMemory: ErrorOutOfDeviceMemory"], "memory", /OutOfDeviceMemory/u],
    [["llama_model_load_from_file_impl: no backends are loaded. hint: …"], "engine", /no backends/u],
    [[], "model", /^it says nothing$/u],
  ])("%o", ([lines, what, said]) => {
    const error = reasonIn(lines, "it says nothing.");
    expect(error.what).toBe(what);
    expect(error.message).toMatch(said);
  });

  test("and only important lines are passed on", () => {
    const passed: string[] = [];
    const log = new LogTail((level) => passed.push(level));
    // on Windows the first line's level is garbage: 6.9e-310, which has no name
    for (const level of ["log", "info", "warn", "error", "fatal", "debug"]) log.add(level, "x\n");
    expect(passed).toEqual(["warn", "error", "fatal"]);
    expect(log.lines).toHaveLength(6);
    log.close();
    log.add("error", "later");
    expect(log.lines).toHaveLength(6);
  });
});
