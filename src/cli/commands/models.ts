import type { Command } from "commander";

import type { OnExitCode } from "../exit-code.js";

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
export function defineModels(program: Command, onExitCode: OnExitCode): void {
  const models = program
    .command("models")
    .description("List the models: served by what, size, whether they fit in memory, and where.")
    .helpCommand(false)
    .enablePositionalOptions()
    .option("--json", "print one JSON array")
    .addHelpText("after", EXAMPLES)
    .action(async (options: ModelsOptions) => {
      const { models } = await import("../actions/models.js");
      onExitCode(await models(options));
    });
  models
    .command("pull")
    .description("Fetch the weights of a Bedrock model; it's served by them from then on.")
    .argument("<id>", "Bedrock model id")
    .option("--quant <name>", "rounding of the weights, such as Q4_K_M (default: the one recommended)")
    .option("--json", "print one JSON object")
    .addHelpText("after", PULL_EXAMPLES)
    .action(async (id: string, options: PullModelOptions) => {
      const { pullModel } = await import("../actions/models-pull.js");
      onExitCode(await pullModel(id, options));
    });
  models
    .command("add")
    .description("Use a GGUF of your own as a Bedrock model, where it is.")
    .argument("<file>", "the GGUF")
    .requiredOption("--as <id>", "the Bedrock model that it is")
    .option("--copy", "copy it into Cria's folder, and use the copy")
    .option("--json", "print one JSON object")
    .addHelpText("after", ADD_EXAMPLES)
    .action(async (file: string, options: AddModelOptions) => {
      const { addOwnModel } = await import("../actions/models-add.js");
      onExitCode(await addOwnModel(file, options));
    });
  models
    .command("rm")
    .description("Remove a model: pulled and copied files are deleted, others are used no longer.")
    .argument("<id>", "Bedrock model id")
    .action(async (id: string) => {
      const { removeNamedModel } = await import("../actions/models-rm.js");
      onExitCode(await removeNamedModel(id));
    });
  models
    .command("where")
    .description("Print where a model's weights are; without an id, the folder of the models.")
    .argument("[id]", "Bedrock model id")
    .action(async (id: string | undefined) => {
      const { whereModel } = await import("../actions/models-where.js");
      onExitCode(await whereModel(id));
    });
}
