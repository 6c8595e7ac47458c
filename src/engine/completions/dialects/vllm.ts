import type { ChatOrder, Dialect, Order, ReadEvent, Sampling, ServerToken, StreamEvent } from "../dialect.js";
import { errorText, list, member, number, text } from "../json.js";
import { openaiMessages, saidIn, unreadable } from "./chat-messages.js";
import { listedModels, MODELS_PATH } from "./listed-models.js";
import { specialForm, tokensOf } from "./tokens.js";

/**
 * vLLM (seen with 0.32). It merges tokens into one chunk when it is busy: `return_token_ids` and `logprobs` tell them apart. Start it with
 * `--generation-config vllm`, or the model's own top-k and repetition penalty apply where a request doesn't set them; here all are set.
 */
export const vllm: Dialect = {
  name: "vllm",
  capabilities: { images: true, exactCounts: true, tokenIds: true, verbatimPrompt: true },
  path: "/v1/completions",
  healthPath: "/health",
  framing: "sse",
  countsFirst: false,
  needsIds: false,

  modelsPath: MODELS_PATH,
  models: listedModels,

  body({ prompt, ...sampling }: Order) {
    return {
      ...common(sampling),
      prompt: prompt.ids ?? prompt.text,
      add_special_tokens: prompt.addBos,
      logprobs: 0,
    };
  },

  reader: () =>
    reader((choice) => ({
      whole: text(member(choice, "text")) ?? "",
      written: list(member(choice, "logprobs", "tokens")),
    })),

  async tokenize(ask, { text: prompt, addBos }, model) {
    const answer = await ask.post("/tokenize", { model, prompt, add_special_tokens: addBos });
    return { count: number(member(answer, "count")) ?? list(member(answer, "tokens")).length };
  },

  chat: {
    path: "/v1/chat/completions",
    countsFirst: false,
    refusesUnseen: true,

    body({ messages, ...sampling }: ChatOrder) {
      return { ...common(sampling), messages: openaiMessages(messages), logprobs: true, top_logprobs: 0 };
    },

    reader: () =>
      reader((choice) => ({
        whole: saidIn(member(choice, "delta")),
        written: list(member(choice, "logprobs", "content")).map((each) => member(each, "token")),
        failure: unreadable(member(choice, "delta")),
      })),

    async count(ask, messages, model) {
      const answer = await ask.post("/tokenize", { model, messages: openaiMessages(messages) });
      return number(member(answer, "count")) ?? list(member(answer, "tokens")).length;
    },
  },
};

function common({ model, maxTokens, temperature, topP, seed }: Sampling) {
  return {
    model,
    stream: true,
    stream_options: { include_usage: true, continuous_usage_stats: true },
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    // all that would shape the choice of tokens besides
    ...{ top_k: 0, min_p: 0, repetition_penalty: 1, presence_penalty: 0, frequency_penalty: 0, n: 1 },
    ...(seed !== undefined && { seed }),
    return_token_ids: true,
  };
}

/** What a choice of a chunk says: its text, and the tokens' own. */
interface Said {
  readonly whole: string;
  readonly written: readonly unknown[];
  readonly failure?: string | undefined;
}

function reader(said: (choice: unknown) => Said): ReadEvent {
  let counted = 0;
  return (event): StreamEvent => {
    const choice = member(event, "choices", 0);
    const { whole, written, failure = errorText(event) } = said(choice);
    if (failure !== undefined) return { failure };
    const promptTokens = number(member(event, "usage", "prompt_tokens"));
    const completed = number(member(event, "usage", "completion_tokens"));
    const ids = list(member(choice, "token_ids"));
    const added = ids.length > 0 ? ids.length : Math.max(0, (completed ?? counted) - counted);
    counted = Math.max(counted + ids.length, completed ?? 0);
    const finish = member(choice, "finish_reason");
    return {
      ...(promptTokens !== undefined && { promptTokens }),
      tokens: split(whole, ids, written, added),
      ...(finish === "stop" && { stopReason: "stop" as const }),
      ...(finish === "length" && { stopReason: "length" as const }),
      ...(finish === "abort" || finish === "error"
        ? { failure: `vLLM ended the generation: ${finish}.` }
        : {}),
    };
  };
}

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
