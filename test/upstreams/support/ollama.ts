import { freePort, launch, root } from "./processes.js";
import { ask, chatMl, type DirectAnswer, type Target, type TargetOptions, untilReady } from "./target.js";

const MODEL = "smollm2:latest";

/** Starts Ollama, with a model that is made of the small model's file. */
export async function startOllama({ modelFile, contextSize }: TargetOptions): Promise<Target> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = `${root}.cache/ollama/ollama`;
  const env = {
    ...{ OLLAMA_HOST: `127.0.0.1:${port}`, OLLAMA_MODELS: `${root}.cache/ollama/models` },
    ...{ OLLAMA_CONTEXT_LENGTH: String(contextSize), OLLAMA_NUM_PARALLEL: "4" },
    HOME: `${root}.cache/ollama`,
  };
  const server = launch(program, ["serve"], env);
  await untilReady(`${url}/api/version`, server);
  // a file has the parameters that models of Ollama's library have, which must not shape the answers; two threads wait for each other on a busy machine
  await createModel(url, modelFile);
  return {
    ...{ title: "Ollama", dialect: "ollama", url, model: MODEL, key: undefined, contextSize },
    question: chatMl,
    direct: async (prompt, maxTokens): Promise<DirectAnswer> => {
      const got = (await ask(`${url}/api/generate`, undefined, {
        ...{ model: MODEL, prompt, raw: true, stream: false },
        options: {
          ...{ num_predict: maxTokens, temperature: 0, repeat_penalty: 1, top_k: 0, top_p: 1, stop: [] },
        },
      })) as Record<string, unknown>;
      return {
        text: String(got["response"]),
        promptTokens: Number(got["prompt_eval_count"]),
        tokens: Number(got["eval_count"]),
        stopReason: got["done_reason"] === "length" ? "length" : "stop",
      };
    },
    signal: server.signal,
    stop: () => server.stop(),
  };
}

async function createModel(url: string, modelFile: string): Promise<void> {
  const { createHash } = await import("node:crypto");
  const { readFile } = await import("node:fs/promises");
  const bytes = await readFile(modelFile);
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  const stored = await fetch(`${url}/api/blobs/${digest}`, { method: "POST", body: bytes });
  if (!stored.ok) throw new Error(`Ollama didn't take the model's file: ${await stored.text()}`);
  await ask(`${url}/api/create`, undefined, {
    ...{ model: MODEL, files: { "model.gguf": digest }, stream: false },
    parameters: { num_thread: 1, stop: ["the", "."], top_k: 5, repeat_penalty: 1.5, temperature: 1.3 },
  });
}
