import type { Dialect, Order, ReadEvent, ServerToken, StreamEvent } from "../dialect.js";
import { errorText, list, member, number, text } from "../json.js";
import { listedModels } from "./listed-models.js";
import { specialForm, tokensOf } from "./tokens.js";

/**
 * vLLM (seen with 0.32). It merges tokens into one chunk when it is busy: `return_token_ids` and `logprobs` tell them apart. Start it with
 * `--generation-config vllm`, or the model's own top-k and repetition penalty apply where a request doesn't set them; here all are set.
 */
export const vllm: Dialect = {
  name: "vllm",
  capabilities: { images: false, exactCounts: true, tokenIds: true, verbatimPrompt: true },
  path: "/v1/completions",
  healthPath: "/health",
  framing: "sse",
  countsFirst: false,
  needsIds: false,

  models: listedModels,

  body({ model, prompt, maxTokens, temperature, topP, seed }: Order) {
    return {
      model,
      prompt: prompt.ids ?? prompt.text,
      add_special_tokens: prompt.addBos,
      stream: true,
      stream_options: { include_usage: true, continuous_usage_stats: true },
      max_tokens: maxTokens,
      temperature,
      top_p: topP,
      // all that would shape the choice of tokens besides
      ...{ top_k: 0, min_p: 0, repetition_penalty: 1, presence_penalty: 0, frequency_penalty: 0, n: 1 },
      ...(seed !== undefined && { seed }),
      ...{ logprobs: 0, return_token_ids: true },
    };
  },

  reader(): ReadEvent {
    let counted = 0;
    return (event): StreamEvent => {
      const failure = errorText(event);
      if (failure !== undefined) return { failure };
      const promptTokens = number(member(event, "usage", "prompt_tokens"));
      const completed = number(member(event, "usage", "completion_tokens"));
      const choice = member(event, "choices", 0);
      const ids = list(member(choice, "token_ids"));
      const added = ids.length > 0 ? ids.length : Math.max(0, (completed ?? counted) - counted);
      counted = Math.max(counted + ids.length, completed ?? 0);
      const finish = member(choice, "finish_reason");
      return {
        ...(promptTokens !== undefined && { promptTokens }),
        tokens: split(
          text(member(choice, "text")) ?? "",
          ids,
          list(member(choice, "logprobs", "tokens")),
          added,
        ),
        ...(finish === "stop" && { stopReason: "stop" as const }),
        ...(finish === "length" && { stopReason: "length" as const }),
        ...(finish === "abort" || finish === "error"
          ? { failure: `vLLM ended the generation: ${finish}.` }
          : {}),
      };
    };
  },

  async tokenize(ask, { text: prompt, addBos }, model) {
    const answer = await ask.post("/tokenize", { model, prompt, add_special_tokens: addBos });
    return { count: number(member(answer, "count")) ?? list(member(answer, "tokens")).length };
  },
};

/** The tokens of a chunk: their texts are those of `logprobs` if they make up the chunk's, special tokens aside. */
function split(
  whole: string,
  ids: readonly unknown[],
  written: readonly unknown[],
  count: number,
): readonly ServerToken[] {
  const id = number(ids.at(-1));
  if (count <= 1 || ids.length !== written.length) {
    const form = whole === "" && count === 1 ? specialForm(text(written[0]) ?? "") : undefined;
    return tokensOf(whole, count, id).map((token) => ({ ...token, ...form }));
  }
  let rest = whole;
  const tokens = ids.map((each, i): ServerToken => {
    const form = text(written[i]) ?? "";
    const own = rest.startsWith(form) ? form : "";
    rest = rest.slice(own.length);
    return { id: number(each), text: own, ...(own === "" ? specialForm(form) : undefined) };
  });
  // a character of several tokens is written as its bytes: the whole text comes with the last token, and none is lost
  return rest === "" ? tokens : tokensOf(whole, count, id);
}
