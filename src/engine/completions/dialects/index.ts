import type { Dialect, DialectName } from "../dialect.js";
import { llamaServer } from "./llama-server.js";
import { ollama } from "./ollama.js";
import { openai } from "./openai.js";
import { vllm } from "./vllm.js";

/** Every kind of server, by its name. */
export const dialects: Readonly<Record<DialectName, Dialect>> = {
  vllm,
  "llama-server": llamaServer,
  ollama,
  openai,
};
