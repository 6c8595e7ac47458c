import type { Ask, Dialect } from "./dialect.js";
import { dialects } from "./dialects/index.js";
import { list, member } from "./json.js";

/**
 * Finds out what kind of server answers, from what only one kind has: vLLM and llama-server their names in the list of models, Ollama its
 * `/api/version`. Anything else with a list of models is spoken to as OpenAI's API.
 *
 * @throws {EngineUnavailableError} the server can't be reached.
 */
export async function detectDialect(ask: Ask): Promise<Dialect> {
  const models = list(member(await ask.get("/v1/models"), "data"));
  const owner = member(models[0], "owned_by");
  if (owner === "vllm") return dialects.vllm;
  if (owner === "llamacpp") return dialects["llama-server"];
  if (member(await ask.get("/api/version"), "version") !== undefined) return dialects.ollama;
  return dialects.openai;
}
