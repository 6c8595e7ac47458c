import type { Ask, ServedModel } from "../dialect.js";
import { list, member, number, text } from "../json.js";

/** The models in OpenAI's list of them, `/v1/models`; vLLM tells their context there too. */
export async function listedModels(ask: Ask): Promise<readonly ServedModel[]> {
  return list(member(await ask.get("/v1/models"), "data")).flatMap((model) => {
    const name = text(member(model, "id"));
    return name === undefined ? [] : [{ name, contextSize: number(member(model, "max_model_len")) }];
  });
}
