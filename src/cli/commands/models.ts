import type { Command } from "commander";

import { print, printJson, tell } from "../output.js";
import { watchInterrupts } from "../signals.js";

/** What `cria models` takes. */
export interface ModelsOptions {
  readonly json?: boolean;
}

/** What `cria models pull` takes. */
export interface PullModelOptions extends ModelsOptions {
  readonly quant?: string;
}

/** What `cria models add` takes. */
export interface AddModelOptions extends ModelsOptions {
  readonly as: string;
  readonly copy?: boolean;
}

const EXAMPLES = `
Examples:
  cria models
  cria models --json | jq -r '.[] | select(.here).path'
  cria models pull meta.llama3-2-3b-instruct-v1:0
  cria models add llama-2-13b-chat.gguf --as meta.llama2-13b-chat-v1

A model is served by its real weights once they are on this machine: pulled, added, or kept by
Ollama, LM Studio or the library huggingface_hub, whose files are used where they are. Until
then a small model stands in for it. docs/models.md tells which weights are whose.`;

const PULL_EXAMPLES = `
Examples:
  cria models pull meta.llama3-2-3b-instruct-v1:0
  cria models pull meta.llama2-13b-chat-v1 --quant Q5_K_M
  HF_TOKEN=hf_... cria models pull ID        where the hub asks to accept a licence first

Ctrl-C keeps what came; the same command goes on from there. HF_ENDPOINT names a mirror of the
hub, HTTPS_PROXY a proxy.`;

const ADD_EXAMPLES = `
Examples:
  cria models add llama-2-13b-chat.gguf --as meta.llama2-13b-chat-v1
  cria models add ~/Downloads/llama-00001-of-00002.gguf --as meta.llama3-3-70b-instruct-v1:0

The file must be a GGUF of the model's family; of a split one, name the first part.`;

/** Defines `cria models` and what is below it. */
export function defineModels(program: Command): void {
  const models = program
    .command("models")
    .description("List the models: served by what, size, whether they fit in memory, and where.")
    .helpCommand(false)
    .enablePositionalOptions()
    .option("--json", "print one JSON array")
    .addHelpText("after", EXAMPLES)
    .action(listAllModels);
  models
    .command("pull")
    .description("Fetch the weights of a Bedrock model; it's served by them from then on.")
    .argument("<id>", "Bedrock model id")
    .option("--quant <name>", "rounding of the weights, such as Q4_K_M (default: the one recommended)")
    .option("--json", "print one JSON object")
    .addHelpText("after", PULL_EXAMPLES)
    .action(pullModel);
  models
    .command("add")
    .description("Use a GGUF of your own as a Bedrock model, where it is.")
    .argument("<file>", "the GGUF")
    .requiredOption("--as <id>", "the Bedrock model that it is")
    .option("--copy", "copy it into Cria's folder, and use the copy")
    .option("--json", "print one JSON object")
    .addHelpText("after", ADD_EXAMPLES)
    .action(addOwnModel);
  models
    .command("rm")
    .description("Remove a model: pulled and copied files are deleted, others are used no longer.")
    .argument("<id>", "Bedrock model id")
    .action(removeNamedModel);
  models
    .command("where")
    .description("Print where a model's weights are; without an id, the folder of the models.")
    .argument("[id]", "Bedrock model id")
    .action(whereModel);
}

/** `cria models`: every Llama of Bedrock's, what serves it, its size, whether it fits, and where; then the other files. */
async function listAllModels({ json }: ModelsOptions): Promise<void> {
  const [{ machineMemory }, { listModels, listWeights }, { modelTable, modelsForPrograms }] =
    await Promise.all([
      import("../../platform/index.js"),
      import("../../models/index.js"),
      import("../model-list.js"),
    ]);
  const [weights, files, memory] = await Promise.all([listWeights(), listModels(), machineMemory()]);
  await (json
    ? printJson(modelsForPrograms(weights, files, memory))
    : print(modelTable(weights, files, memory)));
}

/** `cria models pull`: fetches a model's weights and prints where they are. */
async function pullModel(id: string, { quant, json }: PullModelOptions): Promise<void> {
  const [{ pullWeights }, { formatBytes }, { memoryWarning }, { showProgress }] = await Promise.all([
    import("../../models/index.js"),
    import("../../platform/index.js"),
    import("../model-list.js"),
    import("../progress.js"),
  ]);
  const warning = await memoryWarning(id, quant);
  if (warning !== undefined) tell(warning);
  const { signal } = watchInterrupts();
  const pulled = await pullWeights(id, { quantization: quant, signal, onProgress: showProgress(tell) });
  await (json ? printJson(pulled) : print(`${pulled.path}\n`));
  const { modelId, quantization, bytes, license } = pulled;
  tell(`${modelId} is here: ${quantization}, ${formatBytes(bytes)}. Its licence: ${license}.`);
}

/** `cria models add`: says which model a file is, and prints where it's used. */
async function addOwnModel(file: string, { as, copy, json }: AddModelOptions): Promise<void> {
  const { addModel } = await import("../../models/index.js");
  const added = await addModel(file, as, { copy });
  await (json ? printJson(added) : print(`${added.path}\n`));
  for (const warning of added.warnings) tell(`${added.path}: ${warning}.`);
  tell(`${added.modelId} is served by this file from now on.`);
}

/** `cria models rm`: a model's weights are served no longer. */
async function removeNamedModel(id: string): Promise<void> {
  const { removeModel } = await import("../../models/index.js");
  const { models, unfinished } = await removeModel(id);
  for (const { modelId, path, owned } of models) {
    tell(owned ? `deleted ${path}.` : `${path} is no longer ${modelId}; the file stays.`);
  }
  if (unfinished) tell("deleted what came of an unfinished download.");
}

/**
 * `cria models where`: prints the path of a model's weights, or the folder of the models.
 *
 * @throws {ModelNotHereError} they aren't on this machine
 */
async function whereModel(id: string | undefined): Promise<void> {
  const [{ modelsFolder }, { criaHome }] = await Promise.all([
    import("../../models/index.js"),
    import("../../store/index.js"),
  ]);
  await print(`${id === undefined ? modelsFolder(criaHome()) : await pathOf(id)}\n`);
}

async function pathOf(id: string): Promise<string> {
  const { findWeights, ModelNotHereError, weightsOf } = await import("../../models/index.js");
  const found = await findWeights(id);
  if (found !== undefined) return found.path;
  const { modelId } = weightsOf(id);
  throw new ModelNotHereError(
    modelId,
    `The weights of ${modelId} aren't on this machine. \`cria models pull ${modelId}\` fetches them.`,
  );
}
