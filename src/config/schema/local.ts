import { MAX_BYTES, MAX_CONTEXT, MAX_SEQUENCES, MAX_THREADS } from "../bounds.js";
import { file, type JsonSchema, text, whole, yesOrNo } from "./parts.js";

/** The settings of the models on this machine. None is changed while the server runs. */
export const local: Readonly<Record<string, JsonSchema>> = {
  modelFile: file(
    "a GGUF file that answers in place of the model that stands in",
    "/models/llama-3.2-1b.gguf",
  ),
  as: text("the id of a Llama model on Bedrock", {
    examples: ["meta.llama3-2-1b-instruct-v1:0"],
    description: "The Bedrock id of the model in `modelFile`.",
  }),
  small: yesOrNo("Let the small model stand in (98 MB), as in CI."),
  preload: {
    type: "array",
    items: text("the id of a Llama model on Bedrock", { examples: ["meta.llama3-8b-instruct-v1:0"] }),
    description: "Models of this machine to load at the start.",
  },
  memoryBudget: {
    type: ["integer", "string"],
    title: "a size such as 12GB",
    minimum: 1,
    maximum: MAX_BYTES,
    pattern: "^\\s*[0-9]+(\\.[0-9]+)?\\s*[KMGTkmgt][Bb]\\s*$",
    examples: ["12GB"],
    description:
      "Memory for all models of this machine together; three quarters of what the process may use by default.",
  },
  sequences: whole(1, MAX_SEQUENCES, {
    examples: [4],
    description: "Requests that a model of this machine answers at once.",
  }),
  contextSize: whole(16, MAX_CONTEXT, {
    examples: [8192],
    description: "Tokens of prompt and answer together, for models of this machine.",
  }),
  kvCacheType: { enum: ["f16", "q8_0"], description: "How models of this machine store keys and values." },
  threads: whole(1, MAX_THREADS, {
    examples: [8],
    description: "Threads that models of this machine always compute with.",
  }),
};
