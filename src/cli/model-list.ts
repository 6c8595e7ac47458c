import { DEFAULT_CONTEXT_SIZE, DEFAULT_SEQUENCES } from "../engine/index.js";
import {
  type CacheLayout,
  cacheLayouts,
  chooseQuantization,
  type ListedModel,
  type ListedWeights,
  type LlamaWeights,
  MEMORY_SHARE,
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
  const { memoryBytes, fits, layout } = memoryOf(model, memory) ?? { memoryBytes: null, fits: null };
  return {
    name: weights.modelId,
    path,
    here: found !== undefined,
    bytes,
    partialBytes,
    servedBy: servedBy(model),
    source: found?.source ?? null,
    quantization: found?.quantization ?? weights.quantizations[0]?.quantization ?? null,
    quantizations: weights.quantizations.map((choice) => {
      const { memoryBytes, fits } = memoryByDefault(weights, choice, memory);
      const { quantization } = choice;
      return { quantization, bytes: weightBytes(choice, weights.shape), memoryBytes, fits };
    }),
    memoryBytes,
    fits,
    layout: layout ?? null,
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
  return [model.weights.modelId, servedBy(model), size, fit(memoryOf(model, memory)), where(model)];
}

function servedBy({ found }: ListedWeights): "real" | "imported" | "stand-in" {
  if (found === undefined) return "stand-in";
  return found.source === "imported" ? "imported" : "real";
}

/** What a model takes with default settings. */
interface MemoryOfModel {
  /** In the best layout that fits, else in the smallest. */
  readonly memoryBytes: number;
  /** Whether that is within the share of this machine's memory that a server takes for its models. */
  readonly fits: boolean;
  readonly layout: CacheLayout;
}

/** Undefined if the catalogue has no weights for it. */
export function memoryOf(model: ListedWeights, memory: number): MemoryOfModel | undefined {
  const headSize = model.found?.headSize ?? model.weights.shape.headSize;
  // undefined for every layout or for none
  const bytesOf = (layout: CacheLayout) => model.memoryBytes(layout, DEFAULT_CONTEXT_SIZE) ?? NaN;
  const best = bestLayout(headSize, memory, bytesOf);
  return Number.isNaN(best.memoryBytes) ? undefined : best;
}

/** The layout that a server with default settings would choose. */
function bestLayout(
  headSize: number,
  memory: number,
  bytesOf: (layout: CacheLayout) => number,
): MemoryOfModel {
  const all = cacheLayouts({}, DEFAULT_SEQUENCES, headSize).map((layout) => {
    const memoryBytes = bytesOf(layout);
    return { memoryBytes, fits: memoryBytes <= memory * MEMORY_SHARE, layout };
  });
  const best = all.find(({ fits }) => fits) ?? all.at(-1);
  if (!best) throw new RangeError("There is always a layout in f16.");
  return best;
}

function fit(needed: MemoryOfModel | undefined): string {
  if (needed === undefined) return "";
  const { memoryBytes, fits, layout } = needed;
  if (!fits) return `too large: ${formatBytes(memoryBytes)}`;
  return `fits${concession(layout)}: ${formatBytes(memoryBytes)}`;
}

/** What a server gives up for the sake of memory: the most that a user would notice. */
function concession({ sequences, halfSequences, kvCacheType }: CacheLayout): string {
  if (sequences < DEFAULT_SEQUENCES) return ` with --sequences ${sequences}`;
  if (halfSequences > 0) return ` with ${halfSequences} half contexts`;
  return kvCacheType === "f16" ? "" : ` in ${kvCacheType}`;
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
  const memory = machineMemory();
  const { memoryBytes, fits } = memoryByDefault(weights, choice, memory);
  if (fits) return undefined;
  return (
    `${choice.quantization} of ${weights.modelId} takes ${formatBytes(memoryBytes)} of memory, and of this machine's ` +
    `${formatBytes(memory)} a server takes ${formatBytes(memory * MEMORY_SHARE)} for its models. ` +
    "Choose a smaller quantization with --quant, or serve it with a smaller --context-size or a larger --memory-budget."
  );
}

/** Whether a model has weights, and the recommended ones fit into `memory` bytes with default settings. */
export function fitsByDefault(weights: LlamaWeights, memory: number): boolean {
  const [recommended] = weights.quantizations;
  return recommended !== undefined && memoryByDefault(weights, recommended, memory).fits;
}

/** The size of a model's recommended weights, in bytes; 0 if it has none. */
export function recommendedBytes({ quantizations: [recommended], shape }: LlamaWeights): number {
  return recommended === undefined ? 0 : weightBytes(recommended, shape);
}

/** What a model takes in one of its quantizations with default settings. */
function memoryByDefault(
  { shape, contextSize }: LlamaWeights,
  choice: QuantizedWeights,
  memory: number,
): MemoryOfModel {
  const context = Math.min(DEFAULT_CONTEXT_SIZE, contextSize);
  const bytesOf = (layout: CacheLayout) => memoryNeed(weightBytes(choice, shape), shape, layout, context);
  return bestLayout(shape.headSize, memory, bytesOf);
}
