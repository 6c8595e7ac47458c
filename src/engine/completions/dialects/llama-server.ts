import type { Dialect, Order, ReadEvent, StreamEvent } from "../dialect.js";
import { errorText, list, member, number, text } from "../json.js";
import { tokensOf } from "./tokens.js";

/**
 * llama.cpp's own server. Its own `/completion` tells more than its `/v1/completions`: the id of each token, and the prompt's tokens before the first one
 * comes (`return_tokens`, `return_progress`; seen with the llama.cpp of October 2026). It adds a beginning-of-sequence token by the file's metadata, whatever the request says, so prompts
 * are sent as the ids of their tokens.
 */
export const llamaServer: Dialect = {
  name: "llama-server",
  capabilities: { images: false, exactCounts: true, tokenIds: true, verbatimPrompt: true },
  path: "/completion",
  healthPath: "/health",
  framing: "sse",
  countsFirst: false,
  needsIds: true,

  async models(ask) {
    const props = await ask.get("/props");
    const served = await ask.get("/v1/models");
    const [first] = list(member(served, "data"));
    const name = text(member(first, "id")) ?? text(member(props, "model_alias"));
    if (name === undefined) return [];
    return [
      {
        name,
        contextSize:
          number(member(props, "default_generation_settings", "n_ctx")) ??
          number(member(first, "meta", "n_ctx")),
        sequences: number(member(props, "total_slots")),
        chatTemplate: text(member(props, "chat_template")),
        bosToken: text(member(props, "bos_token")),
        eosToken: text(member(props, "eos_token")),
      },
    ];
  },

  body({ model, prompt, maxTokens, temperature, topP, seed }: Order) {
    return {
      model,
      prompt: prompt.ids ?? prompt.text,
      stream: true,
      n_predict: maxTokens,
      temperature,
      top_p: topP,
      // all that would shape the choice of tokens besides
      ...{
        top_k: 0,
        min_p: 0,
        typical_p: 1,
        top_n_sigma: -1,
        xtc_probability: 0,
        dynatemp_range: 0,
        mirostat: 0,
      },
      ...{
        repeat_penalty: 1,
        presence_penalty: 0,
        frequency_penalty: 0,
        dry_multiplier: 0,
        adaptive_target: -1,
      },
      samplers: ["temperature", "top_p"],
      ...(seed !== undefined && { seed }),
      ...{ return_tokens: true, return_progress: true },
      cache_prompt: true,
    };
  },

  reader(): ReadEvent {
    let counted = 0;
    return (event): StreamEvent => {
      const failure = errorText(event);
      if (failure !== undefined) return { failure };
      const predicted = number(member(event, "tokens_predicted")) ?? counted;
      const promptTokens = number(member(event, "tokens_evaluated"));
      const id = number(list(member(event, "tokens")).at(-1));
      // a character of several tokens comes with the last of them
      const tokens = tokensOf(text(member(event, "content")) ?? "", predicted - counted, id);
      counted = Math.max(counted, predicted);
      return {
        ...(promptTokens !== undefined && { promptTokens }),
        tokens,
        ...(member(event, "stop") === true && { stopReason: stopReason(event), end: true as const }),
      };
    };
  },

  async tokenize(ask, { text: content, addBos }) {
    const answer = await ask.post("/tokenize", {
      content,
      add_special: addBos,
      parse_special: true,
    });
    const ids = list(member(answer, "tokens")).filter((id) => typeof id === "number");
    return { count: ids.length, ids };
  },
};

function stopReason(event: unknown): "stop" | "length" {
  return member(event, "stop_type") === "limit" || member(event, "truncated") === true ? "length" : "stop";
}
