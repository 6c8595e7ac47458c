import { DEFAULT_CONTEXT_SIZE, DEFAULT_SEQUENCES } from "../engine/index.js";
import {
  chooseQuantization,
  type ListedModel,
  type ListedWeights,
  type LlamaWeights,
  memoryNeed,
  type QuantizedWeights,
  type ScannedFile,
  type StandInChoice,
  standInName,
  weightBytes,
  type WeightsList,
  weightsOf,
  whyChosen,
} from "../models/index.js";
import { formatBytes, machineMemory } from "../platform/index.js";
import { table } from "./output.js";
import { quote, shellInUse } from "./shells.js";

/**
 * What `cria models` prints: a table of the models and of other model files, then a hint for each file of which it isn't certain
 * which model it is.
 *
 * @param files - model files that aren't Bedrock models, such as the small model
 * @param memory - memory of this machine, in bytes
 * @param choice - the stand-in; undefined if it isn't chosen yet
 */
export function modelTable(
  { models, doubtful }: WeightsList,
  files: readonly ListedModel[],
  memory: number,
  choice: StandInChoice | undefined,
): string {
  const rows = [...models.map((model) => modelRow(model, memory)), ...files.map(fileRow)];
  const list = table([["MODEL", "SERVED BY", "SIZE", "MEMORY", "WHERE"], ...rows], [2]);
  return [list, `${standInLine(choice)}\n`, ...doubtful.map((file) => `${addHint(file)}\n`)].join("\n");
}

/** Which model stands in for the others, and why. */
function standInLine(choice: StandInChoice | undefined): string {
  const other = "`cria setup --model` chooses another";
  return choice === undefined
    ? "No model stands in for the others yet: the first answer, or `cria setup`, chooses one for this machine."
    : `${standInName(choice.standIn)} stands in for the others, since ${whyChosen(choice)}; ${other}.`;
}

/** What `cria models --json` prints. Takes what {@link modelTable} takes. */
export function modelsJson(
  { models, doubtful }: WeightsList,
  files: readonly ListedModel[],
  memory: number,
  choice: StandInChoice | undefined,
) {
  const standIn = choice && standInName(choice.standIn);
  return [
    ...models.map((model) => modelJson(model, memory, standIn)),
    ...files.map((file) => fileJson(file, standIn)),
    ...doubtful.map(doubtfulJson),
  ];
}

/** Public: keys may be added, but none removed or changed. */
function modelJson(model: ListedWeights, memory: number, standIn: string | undefined) {
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
    standsIn: weights.modelId === standIn,
  };
}

function fileJson({ name, path, here, bytes, partialBytes }: ListedModel, standIn: string | undefined) {
  return { name, path, here, bytes, partialBytes, standsIn: [name, path].includes(standIn ?? "") };
}

function doubtfulJson({ path, store, bytes, model, candidates }: ScannedFile) {
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

/** Memory that a model takes with default settings, in bytes. */
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
  if (partialBytes > 0)
    return `${formatBytes(partialBytes)} downloaded so far; ${command} downloads the rest`;
  return weights.quantizations.length > 0 ? command : "no weights that llama.cpp can read";
}

function fileRow({ name, here, path, bytes, partialBytes }: ListedModel): string[] {
  const place = here
    ? path
    : partialBytes > 0
      ? `${formatBytes(partialBytes)} downloaded so far; \`cria setup --model ${name}\` downloads the rest`
      : `not here; \`cria setup --model ${name}\` downloads it`;
  return [name, "", formatBytes(bytes), "", place];
}

/** The commands that add a file as one of the models it may be. */
function addHint({ path, store, model, candidates }: ScannedFile): string {
  const lines = candidates.map(
    ({ modelId }) => `  cria models add ${quote(path, shellInUse())} --as ${modelId}`,
  );
  const name = model.name === undefined ? "A model" : JSON.stringify(model.name);
  return [`${name} of ${store} may be one of these models. If you know which, type:`, ...lines].join("\n");
}

/**
 * A warning if a model doesn't fit into memory with default settings; undefined if it fits.
 *
 * @param id - Bedrock model id
 * @param quantization - @default the recommended one
 * @throws {UnknownModelError} Bedrock has no such model.
 * @throws {NoWeightsError} the model has no such weights.
 */
export function memoryWarning(id: string, quantization: string | undefined): string | undefined {
  const weights = weightsOf(id);
  const choice = chooseQuantization(weights, quantization);
  const [needed, memory] = [memoryByDefault(weights, choice), machineMemory()];
  if (needed <= memory) return undefined;
  return (
    `${choice.quantization} of ${weights.modelId} takes ${formatBytes(needed)} of memory, and this machine has ${formatBytes(memory)}. ` +
    "Choose a smaller quantization with --quant, or serve it with fewer --sequences or a smaller --context-size."
  );
}

/** Whether a model has weights, and the recommended ones fit into `memory` bytes with default settings. */
export function fitsByDefault(weights: LlamaWeights, memory: number): boolean {
  const [recommended] = weights.quantizations;
  return recommended !== undefined && memoryByDefault(weights, recommended) <= memory;
}

/** The size of a model's recommended weights, in bytes; 0 if it has none. */
export function recommendedBytes({ quantizations: [recommended], shape }: LlamaWeights): number {
  return recommended === undefined ? 0 : weightBytes(recommended, shape);
}

/** Memory that a model takes in one of its quantizations with default settings, in bytes. */
function memoryByDefault({ shape, contextSize }: LlamaWeights, choice: QuantizedWeights): number {
  const context = Math.min(DEFAULT_CONTEXT_SIZE, contextSize);
  return memoryNeed(weightBytes(choice, shape), shape, DEFAULT_SEQUENCES, context);
}
