import { expect, test } from "vitest";

import { normalName } from "../../../src/models/local/identify.js";

test.for([
  ["Meta Llama 3.1 8B Instruct", "llama-3.1-8b-instruct"],
  ["bartowski/Meta-Llama-3.1-8B-Instruct-GGUF", "llama-3.1-8b-instruct"],
  ["meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b-instruct"],
  ["bartowski/meta-llama_Llama-4-Scout-17B-16E-Instruct-GGUF", "llama-4-scout-17b-16e-instruct"],
  ["lmstudio-community/Meta-Llama-3-8B-Instruct-BPE-fix-GGUF", "llama-3-8b-instruct"],
  ["TheBloke/Llama-2-13B-chat-GGUF", "llama-2-13b-chat"],
  ["Hermes-3-Llama-3.1-8B", "hermes-3-llama-3.1-8b"],
  ["", ""],
] as const)("%s is %s", ([text, name]) => {
  expect(normalName(text)).toBe(name);
});
