import type { Command } from "commander";

import type { RemovedEntry } from "../../models/index.js";
import { notify, print, printJson } from "../output.js";
import { watchInterrupts } from "../signals.js";

/** Options of `cria models`. */
export interface ModelsOptions {
  readonly json?: boolean;
}

/** Options of `cria models pull`. */
export interface PullModelOptions extends ModelsOptions {
  readonly quant?: string;
}

/** Options of `cria models add`. */
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

A model answers with its real weights once they are on this machine: pulled, added, or downloaded
by Ollama, LM Studio or huggingface_hub, whose files Cria uses in place. Until then a
stand-in answers for it; the last line says which, and why. docs/models.md lists the weights of each model.`;

const PULL_EXAMPLES = `
Examples:
  cria models pull meta.llama3-2-3b-instruct-v1:0
  cria models pull meta.llama2-13b-chat-v1 --quant Q5_K_M
  HF_TOKEN=hf_... cria models pull ID        if its licence must be accepted on Hugging Face
  $env:HF_TOKEN = 'hf_...'; cria models pull ID    the same in PowerShell

Ctrl-C keeps what has been downloaded; the same command resumes. HF_ENDPOINT selects a mirror of
Hugging Face, HTTPS_PROXY a proxy.`;

const ADD_EXAMPLES = `
Examples:
  cria models add llama-2-13b-chat.gguf --as meta.llama2-13b-chat-v1
  cria models add ~/Downloads/llama-00001-of-00002.gguf --as meta.llama3-3-70b-instruct-v1:0

The file must be a GGUF of the same model family. If it is split into parts, name the first.`;

/** Defines `cria models` and its subcommands. */
export function defineModels(program: Command): void {
  const models = program
    .command("models")
    .description("List the models: what serves each, its size, whether it fits in memory, and where it is.")
    .helpCommand(false)
    .enablePositionalOptions()
    .option("--json", "print one JSON array")
    .addHelpText("after", EXAMPLES)
    .action(listAllModels);
  models
    .command("pull")
    .description("Download the weights of a Bedrock model; from then on they serve it.")
    .argument("<id>", "Bedrock model id")
    .option("--quant <name>", "quantization of the weights, such as Q4_K_M (default: the recommended one)")
    .option("--json", "print one JSON object")
    .addHelpText("after", PULL_EXAMPLES)
    .action(pullModel);
  models
    .command("add")
    .description("Serve a Bedrock model from a GGUF file of your own, in place.")
    .argument("<file>", "path of the GGUF file")
    .requiredOption("--as <id>", "Bedrock id of the model in the file")
    .option("--copy", "copy the file into CRIA_HOME and use the copy")
    .option("--json", "print one JSON object")
    .addHelpText("after", ADD_EXAMPLES)
    .action(addOwnModel);
  models
    .command("rm")
    .description(
      "Remove a model: pulled and copied files are deleted; other files stay but are no longer used.",
    )
    .argument("<id>", "Bedrock model id")
    .action(removeNamedModel);
  models
    .command("where")
    .description("Print the path of a model's weights or, without an id, of the models folder.")
    .argument("[id]", "Bedrock model id")
    .action(whereModel);
}

/** `cria models` */
async function listAllModels({ json }: ModelsOptions): Promise<void> {
  const [{ machineMemory }, { currentStandIn, listModels, listWeights }, { modelTable, modelsJson }] =
    await Promise.all([
      import("../../platform/index.js"),
      import("../../models/index.js"),
      import("../model-list.js"),
    ]);
  const [weights, files, choice] = await Promise.all([listWeights(), listModels(), currentStandIn()]);
  const memory = machineMemory();
  await (json
    ? printJson(modelsJson(weights, files, memory, choice))
    : print(modelTable(weights, files, memory, choice)));
}

/** `cria models pull`: prints the path of the weights. */
async function pullModel(id: string, { quant, json }: PullModelOptions): Promise<void> {
  const [{ pullWeights }, { formatBytes }, { memoryWarning }, { showProgress }] = await Promise.all([
    import("../../models/index.js"),
    import("../../platform/index.js"),
    import("../model-list.js"),
    import("../progress.js"),
  ]);
  const warning = memoryWarning(id, quant);
  if (warning !== undefined) notify(warning);
  const { signal } = watchInterrupts();
  const pulled = await pullWeights(id, { quantization: quant, signal, onProgress: showProgress(notify) });
  await (json ? printJson(pulled) : print(`${pulled.path}\n`));
  const { modelId, quantization, bytes, license } = pulled;
  notify(`${modelId} is on this machine: ${quantization}, ${formatBytes(bytes)}. Licence: ${license}.`);
}

/** `cria models add`: prints the path of the file that is used from now on, which may be the copy. */
async function addOwnModel(file: string, { as, copy, json }: AddModelOptions): Promise<void> {
  const { addModel } = await import("../../models/index.js");
  const added = await addModel(file, as, { copy });
  await (json ? printJson(added) : print(`${added.path}\n`));
  for (const warning of added.warnings) notify(`${added.path}: ${warning}.`);
  notify(`this file serves ${added.modelId} from now on.`);
}

/** `cria models rm` */
async function removeNamedModel(id: string): Promise<void> {
  const { removeModel } = await import("../../models/index.js");
  const { models, unfinished } = await removeModel(id);
  for (const model of models) notify(removalNotice(model));
  if (unfinished) notify("deleted an unfinished download.");
  if (await willComeBack(id)) {
    notify(
      `${id} stands in for the others: the next answer of a stand-in downloads it again. \`cria setup --model small\` chooses the small model (98 MB).`,
    );
  }
}

/** Whether a model stands in for the others, and isn't here any more. */
async function willComeBack(id: string): Promise<boolean> {
  const { currentStandIn, findWeights, standInName, weightsOf } = await import("../../models/index.js");
  // settings that can't be read are told by what needs them
  const choice = await currentStandIn().catch(() => undefined);
  const { modelId } = weightsOf(id);
  return choice !== undefined && standInName(choice.standIn) === modelId && !(await findWeights(id));
}

/** What became of a model's file, as a sentence. */
function removalNotice({ modelId, path, outcome, target, source, owned }: RemovedEntry): string {
  if (outcome === "deleted") return `deleted ${path}.`;
  if (outcome === "missing") return `${path} was gone already; it no longer serves ${modelId}.`;
  if (outcome === "unlinked") return `deleted the link ${path}; the file that it led to stays: ${target}.`;
  const why = source === "pulled" && !owned ? ", since Cria deletes nothing outside its folder" : "";
  return `${path} no longer serves ${modelId}; the file stays${why}.`;
}

/**
 * `cria models where`
 *
 * @throws {ModelNotHereError} the weights aren't on this machine.
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
    `The weights of ${modelId} aren't on this machine. \`cria models pull ${modelId}\` downloads them.`,
  );
}
