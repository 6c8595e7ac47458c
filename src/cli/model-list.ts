import { DEFAULT_CONTEXT_SIZE, DEFAULT_SEQUENCES } from "../engine/index.js";
import {
  chooseQuantization,
  type ListedModel,
  type ListedWeights,
  type LlamaWeights,
  memoryNeed,
  type QuantizedWeights,
  type ScannedFile,
  weightBytes,
  type WeightsList,
  weightsOf,
} from "../models/index.js";
import { formatBytes, machineMemory } from "../platform/index.js";
import { table } from "./output.js";
import { quote } from "./shell-lines.js";

/** The models and the other files as `cria models` prints them for people. @param memory - of this machine, in bytes */
export function modelTable(
  { models, doubtful }: WeightsList,
  files: readonly ListedModel[],
  memory: number,
): string {
  const rows = [...models.map((model) => modelRow(model, memory)), ...files.map(fileRow)];
  const list = table([["MODEL", "SERVED BY", "SIZE", "MEMORY", "WHERE"], ...rows], [2]);
  return [list, ...doubtful.map((file) => `${question(file)}\n`)].join("\n");
}

/** The same for programs. */
export function modelsForPrograms(
  { models, doubtful }: WeightsList,
  files: readonly ListedModel[],
  memory: number,
) {
  return [
    ...models.map((model) => modelForPrograms(model, memory)),
    ...files.map(fileForPrograms),
    ...doubtful.map(doubtfulForPrograms),
  ];
}

/** What stays the same when the catalogue grows. */
function modelForPrograms(model: ListedWeights, memory: number) {
  const { weights, found, bytes = null, path = null, partialBytes } = model;
  const memoryBytes = memoryOf(model) ?? null;
  return {
    name: weights.modelId,
    path,
    here: found !== undefined,
    bytes,
    partialBytes,
    servedBy: servedBy(model),
    source: found?.source ?? null,
    quantization: found?.quantization ?? weights.quantizations[0]?.quantization ?? null,
    quantizations: weights.quantizations.map((choice) => ({
      quantization: choice.quantization,
      bytes: weightBytes(choice, weights.shape),
      memoryBytes: memoryByDefault(weights, choice),
      fits: memoryByDefault(weights, choice) <= memory,
    })),
    memoryBytes,
    fits: memoryBytes === null ? null : memoryBytes <= memory,
    license: weights.license,
  };
}

function fileForPrograms({ name, path, here, bytes, partialBytes }: ListedModel) {
  return { name, path, here, bytes, partialBytes };
}

function doubtfulForPrograms({ path, store, bytes, model, candidates }: ScannedFile) {
  const candidateIds = candidates.map(({ modelId }) => modelId);
  return { name: model.name ?? path, path, here: true, bytes, partialBytes: 0, source: store, candidateIds };
}

function modelRow(model: ListedWeights, memory: number): string[] {
  const size = model.bytes === undefined ? "" : formatBytes(model.bytes);
  return [model.weights.modelId, servedBy(model), size, fit(memoryOf(model), memory), where(model)];
}

function servedBy({ found }: ListedWeights): "real" | "imported" | "stand-in" {
  if (found === undefined) return "stand-in";
  return found.source === "imported" ? "imported" : "real";
}

/** As much as a server takes that is told nothing else. */
function memoryOf(model: ListedWeights): number | undefined {
  return model.memoryBytes(DEFAULT_SEQUENCES, DEFAULT_CONTEXT_SIZE);
}

function fit(needed: number | undefined, memory: number): string {
  if (needed === undefined) return "";
  return `${needed <= memory ? "fits:" : "too large:"} ${formatBytes(needed)}`;
}

function where({ weights, found, partialBytes }: ListedWeights): string {
  if (found !== undefined) {
    const by = ["pulled", "imported"].includes(found.source) ? "" : ` (of ${found.source})`;
    return `${found.path}${by}`;
  }
  const command = `\`cria models pull ${weights.modelId}\``;
  if (partialBytes > 0) return `${formatBytes(partialBytes)} fetched so far; ${command} fetches the rest`;
  return weights.quantizations.length > 0 ? command : "no weights that llama.cpp reads";
}

function fileRow({ name, here, path, bytes, partialBytes }: ListedModel): string[] {
  const place = here
    ? path
    : partialBytes > 0
      ? `${formatBytes(partialBytes)} fetched so far; \`cria setup\` fetches the rest`
      : "not here yet; `cria setup` fetches it";
  return [name, "", formatBytes(bytes), "", place];
}

/** Nobody but a person knows: how to say it. */
function question({ path, store, model, candidates }: ScannedFile): string {
  const lines = candidates.map(({ modelId }) => `  cria models add ${quote(path)} --as ${modelId}`);
  const name = model.name === undefined ? "A model" : JSON.stringify(model.name);
  return [`${name} of ${store} isn't known for certain. If it is one of these, type:`, ...lines].join("\n");
}

/** Before many bytes come: tells of weights that don't fit. Fewer sequences or a shorter context may yet make them. */
export async function memoryWarning(
  id: string,
  quantization: string | undefined,
): Promise<string | undefined> {
  const weights = weightsOf(id);
  const choice = chooseQuantization(weights, quantization);
  const [needed, memory] = [memoryByDefault(weights, choice), await machineMemory()];
  if (needed <= memory) return undefined;
  return (
    `${choice.quantization} of ${weights.modelId} takes ${formatBytes(needed)} of memory, and this machine has ${formatBytes(memory)}: ` +
    "take a smaller rounding (--quant), or serve it with fewer --sequences or a smaller --context-size."
  );
}

/** Memory that a rounding of a model's weights takes in a server that is told nothing else, in bytes. */
function memoryByDefault({ shape, contextSize }: LlamaWeights, choice: QuantizedWeights): number {
  const context = Math.min(DEFAULT_CONTEXT_SIZE, contextSize);
  return memoryNeed(weightBytes(choice, shape), shape, DEFAULT_SEQUENCES, context);
}
