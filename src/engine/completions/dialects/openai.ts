import type { Dialect, Order, ReadEvent, StreamEvent } from "../dialect.js";
import { errorText, member, number, text } from "../json.js";
import { listedModels } from "./listed-models.js";

/**
 * Any other server with OpenAI's `/v1/completions`: only members of OpenAI's own API, since others are refused by some. A chunk
 * counts as a token. A prompt is counted by an answer of one token.
 */
export const openai: Dialect = {
  name: "openai",
  capabilities: { images: false, exactCounts: false, tokenIds: false, verbatimPrompt: true },
  path: "/v1/completions",
  healthPath: "/v1/models",
  framing: "sse",
  countsFirst: true,
  needsIds: false,

  models: listedModels,

  body({ model, prompt, maxTokens, temperature, topP, seed }: Order) {
    return {
      model,
      prompt: prompt.text,
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: maxTokens,
      temperature,
      top_p: topP,
      ...(seed !== undefined && { seed }),
    };
  },

  reader(): ReadEvent {
    return (event): StreamEvent => {
      const failure = errorText(event);
      if (failure !== undefined) return { failure };
      const promptTokens = number(member(event, "usage", "prompt_tokens"));
      const choice = member(event, "choices", 0);
      const content = text(member(choice, "text")) ?? "";
      const finish = text(member(choice, "finish_reason"));
      return {
        ...(promptTokens !== undefined && { promptTokens }),
        // the end-of-sequence token comes without text and is counted, as Bedrock does
        tokens: content === "" && finish !== "stop" ? [] : [{ id: undefined, text: content }],
        ...(finish !== undefined && { stopReason: finish === "length" ? "length" : "stop" }),
      };
    };
  },

  async tokenize(ask, { text: prompt }, model) {
    const answer = await ask.post("/v1/completions", { model, prompt, max_tokens: 1, temperature: 0 }, true);
    return { count: number(member(answer, "usage", "prompt_tokens")) ?? 0 };
  },
};
