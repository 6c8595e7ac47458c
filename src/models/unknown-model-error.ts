import { llamaModels } from "../bedrock/index.js";

/** No Llama model of Bedrock's has this id. */
export class UnknownModelError extends Error {
  override readonly name = "UnknownModelError";
  constructor(readonly modelId: string) {
    const ids = llamaModels.map(({ id }) => `  ${id}`).join("\n");
    super(`No Llama model on Bedrock has the id ${modelId}. Those that have or had one are:\n${ids}`);
  }
}
