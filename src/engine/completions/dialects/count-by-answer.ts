import type { Ask } from "../dialect.js";
import { stopped } from "../errors.js";
import { member, number } from "../json.js";

/**
 * The tokens of the prompt that a server writes of a conversation, its images included, by an answer of one token: servers have no other way to count images.
 *
 * @throws {EngineStoppedError} the server doesn't tell them.
 */
export async function countByAnswer(ask: Ask, messages: readonly object[], model: string): Promise<number> {
  const body = { model, messages, max_tokens: 1, temperature: 0 };
  const count = number(member(await ask.post("/v1/chat/completions", body, true), "usage", "prompt_tokens"));
  if (count !== undefined) return count;
  throw stopped(UNCOUNTED, "Its answer to a chat has no usage.prompt_tokens.");
}

const UNCOUNTED = "The server that has the model doesn't tell how many tokens a prompt with images has.";
