/**
 * Measures parts of the stack with one stream: `alone` is the engine's tick loop in the process with the model, `ipc` the
 * engine as in the server, with the model in a child process. Prints tokens per second from the first token to the last.
 * Started by parts.mjs, with `UV_THREADPOOL_SIZE=1` as the engine's child process is.
 */
import { home, modules } from "../home.mjs";
import { CONTEXT, SEQUENCES, THREADS } from "./peer.mjs";
import { story, templates } from "./prompts.mjs";

const [kind, modelFile, template, tokens] = process.argv.slice(2);
const { createLlamaCppEngine, ensureLlamaCppRuntime } = await import(`${modules}/engine/index.js`);
const runtime = await ensureLlamaCppRuntime({ home });
const bounds = { sequences: SEQUENCES, contextSize: CONTEXT, threads: THREADS };
const order = (maxTokens) => ({
  prompt: story(templates[template]),
  bos: "always",
  maxTokens,
  temperature: 0,
  topP: 1,
  seed: 1,
});

async function overIpc() {
  const engine = createLlamaCppEngine({ files: async () => ({ runtime, modelFile }), ...bounds });
  return {
    generate: async (maxTokens, onToken) => {
      for await (const token of await engine.generate(order(maxTokens))) if (token) onToken();
    },
    close: () => engine.close(),
  };
}

async function alone() {
  const { load } = await import(`${modules}/engine/llama-cpp/child/load.js`);
  const { Scheduler } = await import(`${modules}/engine/llama-cpp/child/scheduler.js`);
  const { entry: runtimeEntry, addon: addonFile } = runtime;
  const options = {
    runtimeEntry,
    addonFile,
    modelFile,
    gpu: false,
    halfSequences: 0,
    kvCacheType: "f16",
    ...bounds,
  };
  const nothing = () => undefined;
  const { addon, model, context, vocabulary } = await load(options, { onLog: nothing, onProgress: nothing });
  const samplers = Array.from({ length: SEQUENCES }, () => new addon.AddonSampler(model));
  let receive;
  const send = (message) => receive(message);
  const scheduler = new Scheduler({ vocabulary, context, contextSize: CONTEXT, samplers, send });
  return {
    generate: (maxTokens, onToken) =>
      new Promise((resolve) => {
        receive = ({ type }) => {
          if (type === "tokens") onToken();
          if (type === "ended") resolve();
        };
        scheduler.start(1, { ...order(maxTokens), contextLimit: null, prefillMs: null, sequenceMs: null });
      }),
    close: () => process.exit(),
  };
}

const { generate, close } = await (kind === "alone" ? alone() : overIpc());
await generate(8, () => undefined);
let first;
let count = 0;
await generate(Number(tokens), () => {
  first ??= performance.now();
  count += 1;
});
process.stdout.write(`${((count - 1) / (performance.now() - first)) * 1000}\n`);
await close();
