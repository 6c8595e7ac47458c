import type { ChatOrder, Dialect, Order, ReadEvent, Sampling, StreamEvent } from "../dialect.js";
import { errorText, member, number, text } from "../json.js";
import { openaiMessages, saidIn, unreadable } from "./chat-messages.js";
import { countByAnswer } from "./count-by-answer.js";
import { listedModels, MODELS_PATH } from "./listed-models.js";

/**
 * Any other server with OpenAI's `/v1/completions`: only members of OpenAI's own API, since others are refused by some. A chunk
 * counts as a token. A prompt is counted by an answer of one token.
 */
export const openai: Dialect = {
  name: "openai",
  capabilities: { images: true, exactCounts: false, tokenIds: false, verbatimPrompt: false },
  path: "/v1/completions",
  healthPath: "/v1/models",
  framing: "sse",
  countsFirst: true,
  needsIds: false,

  modelsPath: MODELS_PATH,
  models: listedModels,

  body({ prompt, ...sampling }: Order) {
    return { ...common(sampling), prompt: prompt.text };
  },

  reader: () => reader((choice) => ({ said: text(member(choice, "text")) ?? "" })),

  async tokenize(ask, { text: prompt }, model) {
    const answer = await ask.post("/v1/completions", { model, prompt, max_tokens: 1, temperature: 0 }, true);
    return { count: number(member(answer, "usage", "prompt_tokens")) ?? 0 };
  },

  chat: {
    path: "/v1/chat/completions",
    countsFirst: true,
    refusesUnseen: false,

    body({ messages, ...sampling }: ChatOrder) {
      return { ...common(sampling), messages: openaiMessages(messages) };
    },

    reader: () =>
      reader((choice) => {
        const delta = member(choice, "delta");
        return { said: saidIn(delta), failure: unreadable(delta) };
      }),

    count: (ask, messages, model) => countByAnswer(ask, openaiMessages(messages), model),
  },
};

function common({ model, maxTokens, temperature, topP, seed }: Sampling) {
  return {
    model,
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    ...(seed !== undefined && { seed }),
  };
}

function reader(
  read: (choice: unknown) => { readonly said: string; readonly failure?: string | undefined },
): ReadEvent {
  return (event): StreamEvent => {
    const choice = member(event, "choices", 0);
    const { said, failure = errorText(event) } = read(choice);
    if (failure !== undefined) return { failure };
    const promptTokens = number(member(event, "usage", "prompt_tokens"));
    const finish = text(member(choice, "finish_reason"));
    return {
      ...(promptTokens !== undefined && { promptTokens }),
      // the end-of-sequence token comes without text and is counted, as Bedrock does
      tokens: said === "" && finish !== "stop" ? [] : [{ id: undefined, text: said }],
      ...(finish !== undefined && { stopReason: finish === "length" ? "length" : "stop" }),
    };
  };
}
