/**
 * Asks each candidate for a stand-in 25 everyday questions, and counts the answers that are of use: an answer passes its prompt's check
 * (support/first-answers/prompts.mjs), ends by itself and doesn't go round in circles. Each is asked with each system text, as
 * `cria "…"` asks, with its temperature and top-p.
 *
 *     node bench/first-answers.mjs                        each model that may stand in unasked, of those on this machine
 *     node bench/first-answers.mjs --model NAME           that one instead: the name of a stand-in or a Bedrock model id, whose
 *                                                         file is on this machine, or a GGUF file; can be repeated
 *     node bench/first-answers.mjs --text TEXT            instead of the texts below; can be repeated, "" is none
 *     node bench/first-answers.mjs --seeds 1-3 --threads 1 --show    --show prints the answers that fail
 */
import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";

import { loops, prompts } from "./support/first-answers/prompts.mjs";
import { home, modules } from "./support/home.mjs";
import { spread } from "./support/statistics.mjs";

/** More than any of these questions needs. An answer that is longer counts as one that doesn't end. */
const MAX_TOKENS = 200;

/** Those that were compared. Without a text, a model's template may add its own. */
const texts = [
  "",
  "You are a helpful assistant.",
  "Answer briefly and correctly.",
  "Give a short, correct answer.",
  "You are a helpful assistant. Answer in one short sentence.",
  "Do exactly what the user asks, briefly.",
];

const { values } = parseArgs({
  options: {
    model: { type: "string", multiple: true },
    text: { type: "string", multiple: true },
    seeds: { type: "string", default: "1-3" },
    threads: { type: "string", default: "1" },
    show: { type: "boolean", default: false },
  },
});

const { createLlamaCppEngine, ensureLlamaCppRuntime } = await import(`${modules}/engine/index.js`);
const { chatTemplateOf, findStandIn, STAND_IN_ID, standInModels, standInNamed } = await import(
  `${modules}/models/index.js`
);
const { renderChatTemplate } = await import(`${modules}/prompt/index.js`);
const { textMessage } = await import(`${modules}/bedrock/index.js`);

const runtime = await ensureLlamaCppRuntime({ home });
const [firstSeed, lastSeed] = values.seeds.split("-").map(Number);
const seeds = Array.from({ length: lastSeed - firstSeed + 1 }, (_, index) => firstSeed + index);

/** The files to ask, by the names of their models. */
async function candidates() {
  const asked = values.model ?? [STAND_IN_ID, ...standInModels.map(({ name }) => name)];
  const place = { home, env: process.env, signal: new AbortController().signal };
  const files = [];
  for (const name of asked) {
    const standIn = standInNamed(name.endsWith(".gguf") ? resolve(name) : name);
    const file = standIn && (await findStandIn(standIn, place));
    if (file !== undefined) files.push(file);
    else if (values.model)
      throw new Error(`${name} isn't on this machine: \`cria setup --model ${name}\` gets it.`);
    else console.log(`\n${name} isn't on this machine, so it isn't asked.`);
  }
  return files;
}

async function askOne(engine, { bosToken, eosToken, chatTemplate }, { text, check }, system, seed) {
  const messages = [...(system === "" ? [] : [textMessage("system", system)]), textMessage("user", text)];
  const prompt = renderChatTemplate(chatTemplate, { messages, tools: [] }, { bosToken, eosToken });
  // `cria "…"` leaves temperature and top-p to Bedrock's defaults
  const order = { prompt, bos: "model", maxTokens: MAX_TOKENS, temperature: 0.5, topP: 0.9, seed };
  let answer = "";
  let ended = false;
  for await (const token of await engine.generate(order)) {
    answer += token.text;
    ended ||= token.stopReason === "stop";
  }
  const why = !check(answer) ? "wrong" : !ended ? "doesn't end" : loops(answer) ? "loops" : undefined;
  return { answer, why };
}

/** Asks everything; as many questions at once as the engine has sequences. */
async function askAll(engine, model, system) {
  const jobs = seeds.flatMap((seed) => prompts.map((prompt) => ({ seed, prompt })));
  const results = [];
  await Promise.all(
    Array.from({ length: engine.sequences }, async () => {
      for (let job = jobs.shift(); job; job = jobs.shift()) {
        const result = await askOne(engine, model, job.prompt, system, job.seed);
        results.push({ ...job, ...result });
      }
    }),
  );
  return results;
}

for (const modelFile of await candidates()) {
  const chatTemplate = chatTemplateOf(modelFile);
  const engine = createLlamaCppEngine({
    files: async () => ({ runtime, modelFile, chatTemplate }),
    contextSize: 2048,
    threads: Number(values.threads),
  });
  console.log(
    `\n${basename(modelFile)}: answers of ${prompts.length} that are of use, over ${seeds.length} seeds`,
  );
  for (const system of values.text ?? texts) {
    const results = await askAll(engine, await engine.model(), system);
    const passed = results.filter(({ why }) => why === undefined);
    const bySeed = seeds.map((seed) => passed.filter((result) => result.seed === seed).length);
    const share = ((100 * passed.length) / results.length).toFixed(0);
    console.log(`${share.padStart(3)} %  ${spread(bySeed, 0).padEnd(14)}  ${JSON.stringify(system)}`);
    if (!values.show) continue;
    for (const { why, seed, prompt, answer } of results)
      if (why) console.log(`       ${why}: ${prompt.name}, seed ${seed}: ${JSON.stringify(answer)}`);
  }
  await engine.close();
}
