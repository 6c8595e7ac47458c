/**
 * What a model takes, beside what Cria estimates; Llama 2 13B with four requests at once where a process may use 16 GiB; and what 8-bit keys
 * and values do to perplexity and speed. Linux only. Prints Markdown.
 *
 *     npm run bench:memory -- [--large FOLDER | --perplexity MODEL.gguf=TEXT ...]
 *
 * --large writes and serves the 13B model: 8 GB of disk in FOLDER, and a machine with 18 GB of memory. As root it runs within a control group
 * of 16 GiB. FILL=0.05 leaves most of the contexts empty, which makes no difference to the memory: llama.cpp clears all of them at the start.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

import { home, modules } from "./support/home.mjs";
import { writeRandomModel } from "./support/memory/random-model.mjs";
import { forgetReferences, resident } from "./support/memory/resident.mjs";
import { spread } from "./support/statistics.mjs";

const run = promisify(execFile);
const { createLlamaCppEngine, ensureLlamaCppRuntime } = await import(`${modules}/engine/index.js`);
const { smallModel, describeGguf, ensureModelFile, memoryNeed } = await import(`${modules}/models/index.js`);

const GIB = 1024 ** 3;
const LIMIT = 16 * GIB;
const MODEL_ID = "meta.llama2-13b-chat-v1";
/** Rounds of the comparison of speed, in which the layouts take turns. */
const ROUNDS = 5;
const TOKENS = 48;
const THREADS = Number(process.env.THREADS) || undefined;
const script = (name) => fileURLToPath(new URL(`support/memory/${name}.mjs`, import.meta.url));

const { values } = parseArgs({
  options: { large: { type: "string" }, perplexity: { type: "string", multiple: true, default: [] } },
});
const runtime = await ensureLlamaCppRuntime({ home });
const folder = await mkdtemp(join(tmpdir(), "cria-memory-"));
const gigabytes = (bytes) => (bytes / 1e9).toFixed(2);
const row = (...cells) => process.stdout.write(`| ${cells.join(" | ")} |\n`);

const layouts = {
  "4 in f16": { sequences: 4, halfSequences: 0, kvCacheType: "f16" },
  "4 in q8_0": { sequences: 4, halfSequences: 0, kvCacheType: "q8_0" },
  "4 in q8_0, 3 of them half": { sequences: 4, halfSequences: 3, kvCacheType: "q8_0" },
};

/** An engine with a layout, and its process. */
async function startEngine(modelFile, layout, contextSize) {
  let pid;
  const onEvent = (event) => {
    if (event.type === "ready") ({ pid } = event);
  };
  const files = async () => ({ runtime, modelFile });
  const bounds = { contextSize, ...(THREADS && { threads: THREADS }) };
  const engine = createLlamaCppEngine({ files, ...layout, ...bounds, onEvent });
  const model = await engine.model();
  return { engine, model, pid };
}

/** Generates with `count` streams at once. @returns tokens per second, from the first token of all to the last */
async function generate(engine, count, words, maxTokens) {
  let first;
  let tokens = 0;
  const one = async (i) => {
    const prompt = `${i} ${"once upon a time ".repeat(words / 4)}`;
    const generation = await engine.generate({ prompt, maxTokens, temperature: 0, topP: 1, patient: true });
    for await (const token of generation) {
      first ??= performance.now();
      if (token.id !== undefined) tokens += 1;
    }
  };
  await Promise.all(Array.from({ length: count }, (_, i) => one(i)));
  return ((tokens - 1) * 1000) / (performance.now() - first);
}

/** The estimate beside what is used while all sequences answer. */
async function estimates(name, modelFile, contextSize) {
  for (const [told, layout] of Object.entries(layouts)) {
    const { engine, model, pid } = await startEngine(modelFile, layout, contextSize);
    await forgetReferences(pid);
    await generate(engine, layout.sequences, 160, 8);
    const { needed } = await resident(pid, modelFile);
    await engine.close();
    const { bytes, cache } = await describeGguf(modelFile);
    const estimate = memoryNeed(bytes, cache, layout, model.contextSize);
    const off = `${((estimate / needed - 1) * 100).toFixed(1)} %`;
    row(name, model.contextSize, told, gigabytes(estimate), gigabytes(needed), off);
  }
}

/** The layouts' speed over that of the first, in pairs of rounds. */
async function speeds(name, modelFile, contextSize) {
  const engines = {};
  for (const [told, layout] of Object.entries(layouts))
    engines[told] = (await startEngine(modelFile, layout, contextSize)).engine;
  for (const streams of [1, 4]) {
    for (const words of [40, 800]) {
      const ratios = Object.fromEntries(Object.keys(layouts).map((told) => [told, []]));
      let base;
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const [told, engine] of Object.entries(engines)) {
          const speed = await generate(engine, streams, words, TOKENS);
          if (told === "4 in f16") base = speed;
          ratios[told].push(told === "4 in f16" ? speed : speed / base);
        }
      }
      row(name, streams, words, ...Object.values(ratios).map((each, i) => spread(each, i === 0 ? 1 : 2)));
    }
  }
  for (const engine of Object.values(engines)) await engine.close();
}

/** Serves 13B within a control group, if this process may make one. */
async function serveLarge(modelFile) {
  const group = ["/sys/fs/cgroup/memory", "/sys/fs/cgroup"]
    .map((root) => join(root, "cria-bench"))
    .find((path) =>
      existsSync(join(path, "..", path.includes("/memory/") ? "memory.limit_in_bytes" : "cgroup.procs")),
    );
  const old = group?.includes("/memory/");
  let limited = false;
  try {
    await mkdir(group, { recursive: true });
    await writeFile(join(group, old ? "memory.limit_in_bytes" : "memory.max"), String(LIMIT));
    limited = true;
  } catch {
    process.stdout.write("No control group can be made: without a limit.\n");
  }
  // pages of the file that are in memory already count for the group of the process that read them: drop them
  await run("dd", [`of=${modelFile}`, "oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none"]);
  const command = `${limited ? `echo $$ > ${group}/cgroup.procs && ` : ""}exec "$@"`;
  const args = ["-c", command, "sh", process.execPath, script("serve-full"), modelFile, MODEL_ID];
  const { stdout } = await run("sh", args, { env: { ...process.env, CRIA_HOME: home } });
  const { memory, loaded, peak, answers, seconds } = JSON.parse(stdout);
  const { sequences, halfSequences, kvCacheType, contextSize } = loaded;
  const { bytes, cache } = await describeGguf(modelFile);
  const estimate = memoryNeed(bytes, cache, { sequences, halfSequences, kvCacheType }, contextSize);
  row("memory", `${gigabytes(memory)} GB`);
  row("layout", `${sequences} in ${kvCacheType}, ${halfSequences} of them half of ${contextSize} tokens`);
  row("estimate", `${gigabytes(estimate)} GB`);
  row("needed", `${gigabytes(peak.needed)} GB`);
  row("resident, with the file's pages that the system may drop", `${gigabytes(peak.all)} GB`);
  for (const { totals, error } of answers)
    row("answer", error ?? `${totals.promptTokenCount} + ${totals.generationTokenCount} tokens`);
  row("took", `${seconds.toFixed(0)} s`);
  if (limited) {
    const failures = old
      ? await readFile(join(group, "memory.oom_control"), "utf8")
      : await readFile(join(group, "memory.events"), "utf8");
    row("killed for memory", /oom_kill (\d+)/u.exec(failures)?.[1] ?? "unknown");
    await rmdir(group);
  }
}

/** Perplexity by type of the KV cache. The difference's standard error is that of the tokens' differences. */
async function perplexity(argument) {
  const [modelFile, text] = argument.split("=");
  let base;
  for (const type of ["f16", "q8_0", "q4_0"]) {
    const args = [script("perplexity"), runtime.addon, modelFile, text, type, "1024", "4"];
    const losses = JSON.parse((await run(process.execPath, args)).stdout);
    base ??= losses;
    const mean = (numbers) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
    const changes = losses.map((loss, i) => loss - base[i]);
    const error = Math.sqrt(mean(changes.map((each) => (each - mean(changes)) ** 2)) / changes.length);
    const change = `${(mean(changes) * 100).toFixed(2)} % ± ${(error * 100).toFixed(2)}`;
    row(modelFile.split("/").at(-1), text.split("/").at(-1), type, Math.exp(mean(losses)).toFixed(3), change);
  }
}

try {
  // a section of its own each: they take long
  if (values.large === undefined && values.perplexity.length === 0) {
    const small = join(folder, smallModel.fileName);
    // a copy: other processes with the same file would count as users of its pages
    await copyFile(await ensureModelFile(smallModel, { home }), small);
    const medium = join(folder, "1.1b.gguf");
    await writeRandomModel("tinyllama-1.1b", medium);

    row("model", "context", "sequences", "estimated, GB", "needed, GB", "off");
    row("---", "---", "---", "---", "---", "---");
    await estimates("SmolLM2 135M", small, 8192);
    await estimates("1.1B shape, Q4_K_M", medium, 4096);

    process.stdout.write("\n");
    row("model", "streams", "words of prompt", "f16, tokens/s", "q8_0 over f16", "q8_0 with halves over f16");
    row("---", "---", "---", "---", "---", "---");
    await speeds("SmolLM2 135M", small, 8192);
    await speeds("1.1B shape, Q4_K_M", medium, 4096);
  }
  if (values.large !== undefined) {
    const large = join(values.large, "13b.gguf");
    if (!existsSync(large)) await writeRandomModel("llama-2-13b", large);
    row("Llama 2 13B's shape, Q4_K_M", "");
    row("---", "---");
    await serveLarge(large);
  }
  if (values.perplexity.length > 0) {
    row("model", "text", "KV cache", "perplexity", "change of the mean log");
    row("---", "---", "---", "---", "---");
    for (const each of values.perplexity) await perplexity(each);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
