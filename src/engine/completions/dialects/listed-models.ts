import type { Ask, ServedModel } from "../dialect.js";
import { list, member, number, text } from "../json.js";

/** Where OpenAI's API lists models. */
export const MODELS_PATH = "/v1/models";

/** The models in OpenAI's list of them; vLLM tells their context there too. */
export async function listedModels(ask: Ask): Promise<readonly ServedModel[] | undefined> {
  const answer = await ask.get(MODELS_PATH);
  if (answer === undefined) return undefined;
  return list(member(answer, "data")).flatMap((model) => {
    const name = text(member(model, "id"));
    return name === undefined ? [] : [{ name, contextSize: number(member(model, "max_model_len")) }];
  });
}
