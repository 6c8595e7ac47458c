import { readdirSync } from "node:fs";
import { join } from "node:path";

import { testHome } from "../../support/home.js";
import { launchLlamaServer, whyNoLlamaServer } from "../../support/llama-server.js";
import { startOllama } from "./ollama.js";
import { startRay } from "./ray.js";
import { ask, chatMl, type DirectAnswer, type Target, type TargetOptions, untilReady } from "./target.js";
import { startVllm, startVllmRouter } from "./vllm.js";

/** The key that the servers want which can want one. */
const KEY = "canary-key-of-the-server";

/** Tokens of the context of a sequence. */
const CONTEXT = 2048;

/** How each kind of server is started. */
const starters: Readonly<Record<string, (options: TargetOptions) => Promise<Target>>> = {
  "llama-server": startLlamaCpp,
  vllm: startVllm,
  "vllm-router": startVllmRouter,
  ray: startRay,
  ollama: startOllama,
};

/** Which server a run is about: set by `npm run conformance:upstreams`, which has installed it. */
export const name = process.env["CRIA_UPSTREAM"] ?? "llama-server";

/** Why the server can't be started here; undefined if it can. */
export function whyNoTarget(): string | undefined {
  if (smallModelFile() === undefined)
    return `the small model isn't in ${testHome()}; \`npm test\` fetches it`;
  return name === "llama-server" ? whyNoLlamaServer() : undefined;
}

/** Starts the server that the run is about. */
export async function startTarget(): Promise<Target> {
  const start = starters[name];
  if (!start) throw new Error(`There is no server ${name}. There are ${Object.keys(starters).join(", ")}.`);
  return start({ modelFile: smallModelFile() ?? "", contextSize: CONTEXT, key: KEY });
}

function smallModelFile(): string | undefined {
  const folder = join(testHome(), "models");
  try {
    const file = readdirSync(folder).find((each) => /^SmolLM2.*\.gguf$/u.test(each));
    return file === undefined ? undefined : join(folder, file);
  } catch {
    return undefined;
  }
}

/** Sequences of llama-server. */
const SEQUENCES = 4;

async function startLlamaCpp({ modelFile, contextSize, key }: TargetOptions): Promise<Target> {
  const server = await launchLlamaServer(modelFile, {
    ...{ contextSize: contextSize * SEQUENCES, sequences: SEQUENCES, key },
  });
  const { url } = server;
  await untilReady(`${url}/health`);
  let asked = 0;
  const models = (await ask(`${url}/v1/models`, key)) as { data: { id: string }[] };
  return {
    ...{ title: "llama-server", dialect: "llama-server", url, key, contextSize, question: chatMl },
    model: models.data[0]?.id ?? "",
    // by the file's metadata, whatever the request says
    direct: async (prompt, maxTokens): Promise<DirectAnswer> => {
      // a prompt that is in its cache rounds otherwise than one that is evaluated as a whole: whoever asks again gets the other
      asked += 1;
      const body = {
        ...{ prompt, n_predict: maxTokens, temperature: 0, samplers: ["temperature"] },
        cache_prompt: asked % 2 === 0,
      };
      const got = (await ask(`${url}/completion`, key, body)) as Record<string, unknown>;
      return {
        text: String(got["content"]),
        promptTokens: Number(got["tokens_evaluated"]),
        tokens: Number(got["tokens_predicted"]),
        stopReason: got["stop_type"] === "limit" ? "length" : "stop",
      };
    },
    running: async () => {
      const slots = (await ask(`${url}/slots`, key)) as { is_processing: boolean }[];
      return slots.filter(({ is_processing: processing }) => processing).length;
    },
    signal: (name) => server.signal(name),
    stop: () => server.kill(),
  };
}
