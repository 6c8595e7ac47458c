import type { ChatOrder, Dialect, Order, ReadEvent, Sampling, StreamEvent } from "../dialect.js";
import { errorText, list, member, number, text } from "../json.js";
import { openaiMessages, saidIn, unreadable } from "./chat-messages.js";
import { countByAnswer } from "./count-by-answer.js";
import { MODELS_PATH } from "./listed-models.js";
import { tokensOf } from "./tokens.js";

/**
 * llama.cpp's own server. Its own `/completion` tells more than its `/v1/completions`: the id of each token, and the prompt's tokens before the first one
 * comes (`return_tokens`, `return_progress`; seen with the llama.cpp of October 2026). It adds a beginning-of-sequence token by the file's metadata, whatever the request says, so prompts
 * are sent as the ids of their tokens.
 */
export const llamaServer: Dialect = {
  name: "llama-server",
  capabilities: { images: true, exactCounts: true, tokenIds: true, verbatimPrompt: true },
  path: "/completion",
  healthPath: "/health",
  framing: "sse",
  countsFirst: false,
  needsIds: true,

  modelsPath: MODELS_PATH,

  async models(ask) {
    const props = await ask.get("/props");
    const served = await ask.get(MODELS_PATH);
    if (served === undefined) return undefined;
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
        // those that were built before it could see don't say it
        vision: member(props, "modalities", "vision") === true,
      },
    ];
  },

  body({ prompt, maxTokens, ...sampling }: Order) {
    return {
      ...common(sampling),
      prompt: prompt.ids ?? prompt.text,
      n_predict: maxTokens,
      return_tokens: true,
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

  chat: {
    path: "/v1/chat/completions",
    countsFirst: false,
    refusesUnseen: true,

    body({ messages, maxTokens, ...sampling }: ChatOrder) {
      return {
        ...common(sampling),
        messages: openaiMessages(messages),
        max_tokens: maxTokens,
        stream_options: { include_usage: true },
        timings_per_token: true,
        reasoning_format: "none",
      };
    },

    reader: chatReader,

    // its `/tokenize` takes no images
    count: (ask, messages, model) => countByAnswer(ask, openaiMessages(messages), model),
  },
};

function common({ model, temperature, topP, seed }: Omit<Sampling, "maxTokens">) {
  return {
    model,
    stream: true,
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
    return_progress: true,
    cache_prompt: true,
  };
}

/** Reads a chat's chunks. The end-of-sequence token has none, so the answer is complete only with the counts that follow its reason for the end. */
function chatReader(): ReadEvent {
  let counted = 0;
  let finish: string | undefined;
  return (event): StreamEvent => {
    const choice = member(event, "choices", 0);
    const delta = member(choice, "delta");
    const failure = errorText(event) ?? unreadable(delta);
    if (failure !== undefined) return { failure };
    const promptTokens =
      number(member(event, "prompt_progress", "total")) ?? number(member(event, "usage", "prompt_tokens"));
    const said = saidIn(delta);
    const completed = number(member(event, "usage", "completion_tokens"));
    const predicted = completed ?? number(member(event, "timings", "predicted_n")) ?? counted;
    // a chunk without text is of no token; those that end inside a character are counted with the next
    const added = said === "" && completed === undefined ? 0 : Math.max(0, predicted - counted);
    counted += added;
    finish ??= text(member(choice, "finish_reason"));
    const isComplete = completed !== undefined && finish !== undefined;
    return {
      ...(promptTokens !== undefined && { promptTokens }),
      tokens: tokensOf(said, said === "" ? added : Math.max(1, added)),
      ...(isComplete && { stopReason: finish === "length" ? ("length" as const) : ("stop" as const) }),
    };
  };
}

function stopReason(event: unknown): "stop" | "length" {
  return member(event, "stop_type") === "limit" || member(event, "truncated") === true ? "length" : "stop";
}
