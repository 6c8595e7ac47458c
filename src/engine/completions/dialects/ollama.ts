import { PromptTooLongError } from "../../errors.js";
import type { EngineMessage } from "../../engine.js";
import type { Ask, ChatOrder, Dialect, Order, ReadEvent, Sampling, StreamEvent } from "../dialect.js";
import { isMissing, RefusedError } from "../errors.js";
import { errorText, list, member, number, text } from "../json.js";
import { base64, resultText, saidIn, unreadable } from "./chat-messages.js";

/**
 * Ollama's own `/api/generate` with `raw`, so that its template isn't applied (seen with 0.17.4). It tells the counts at the end alone, no ids, and adds a
 * beginning-of-sequence token by the file's metadata. It has no way to count: an answer of one token is asked for, whose evaluated prompt it keeps for the answer
 * that follows.
 */
export const ollama: Dialect = {
  name: "ollama",
  capabilities: { images: true, exactCounts: true, tokenIds: false, verbatimPrompt: false },
  path: "/api/generate",
  healthPath: "/api/version",
  framing: "lines",
  countsFirst: true,
  needsIds: false,

  modelsPath: "/api/tags",

  async models(ask) {
    const answer = await ask.get("/api/tags");
    if (answer === undefined) return undefined;
    return list(member(answer, "models")).flatMap((model) => {
      const name = text(member(model, "name"));
      return name === undefined ? [] : [{ name }];
    });
  },

  async sees(ask, model) {
    try {
      return list(member(await ask.post("/api/show", { model }), "capabilities")).includes("vision");
    } catch (error) {
      // it answers without images all the same
      if (error instanceof RefusedError || isMissing(error)) return false;
      throw error;
    }
  },

  body({ prompt, ...sampling }: Order) {
    return { ...common(sampling), prompt: prompt.text, raw: true };
  },

  reader: () => reader((event) => ({ said: text(member(event, "response")) ?? "" })),

  async tokenize(ask, { text: prompt }, model) {
    const count = await countBy(ask, "/api/generate", { model, prompt, raw: true });
    return { count, contextSize: await contextSize(ask, model) };
  },

  chat: {
    // its `/v1/chat/completions` takes no `top_k` and the like, and would apply those of the model's file
    path: "/api/chat",
    countsFirst: true,
    refusesUnseen: false,

    body({ messages, ...sampling }: ChatOrder) {
      return { ...common(sampling), messages: chatMessages(messages) };
    },

    reader: () =>
      reader((event) => {
        const message = member(event, "message");
        return { said: saidIn(message), failure: unreadable(message) };
      }),

    count: (ask, messages, model) => countBy(ask, "/api/chat", { model, messages: chatMessages(messages) }),
  },
};

function common({ model, maxTokens, temperature, topP, seed }: Sampling) {
  return {
    model,
    stream: true,
    ...WHOLE_PROMPT,
    options: {
      num_predict: maxTokens,
      temperature,
      top_p: topP,
      // all that would shape the choice of tokens besides
      ...{ top_k: 0, min_p: 0, typical_p: 1, repeat_penalty: 1, presence_penalty: 0, frequency_penalty: 0 },
      // the texts at which a model's file ends its answers
      stop: [],
      ...(seed !== undefined && { seed }),
    },
  };
}

function reader(
  read: (event: unknown) => { readonly said: string; readonly failure?: string | undefined },
): ReadEvent {
  let counted = 0;
  return (event): StreamEvent => {
    const { said, failure = errorText(event) } = read(event);
    if (failure !== undefined) return { failure };
    const tokens = said === "" ? [] : [{ id: undefined, text: said }];
    counted += tokens.length;
    if (member(event, "done") !== true) return { tokens };
    // those without a line of their own: the end-of-sequence token, and those that began a character
    const missing = Math.max(0, (number(member(event, "eval_count")) ?? counted) - counted);
    const promptTokens = number(member(event, "prompt_eval_count"));
    return {
      ...(promptTokens !== undefined && { promptTokens }),
      tokens: [...tokens, ...Array.from({ length: missing }, () => ({ id: undefined, text: "" }))],
      stopReason: member(event, "done_reason") === "length" ? "length" : "stop",
      end: true,
    };
  };
}

/** The tokens of a prompt, by an answer of one. @throws {PromptTooLongError} */
async function countBy(
  ask: Ask,
  path: string,
  input: { readonly model: string } & Readonly<Record<string, unknown>>,
): Promise<number> {
  const options = { num_predict: 1, temperature: 0, stop: [] };
  try {
    const answer = await ask.post(path, { ...input, stream: false, ...WHOLE_PROMPT, options }, true);
    return number(member(answer, "prompt_eval_count")) ?? 0;
  } catch (error) {
    // its words, without a number
    if (!(error instanceof RefusedError) || !error.message.includes("context length")) throw error;
    throw new PromptTooLongError(Infinity, (await contextSize(ask, input.model)) ?? Infinity);
  }
}

/**
 * A conversation as Ollama takes it. It puts a message's images before the text, so each part is a message of its own, which its templates join again, as its own
 * translation of OpenAI's API does.
 *
 * @throws {EngineChatError} a tool's result has an image.
 */
function chatMessages(messages: readonly EngineMessage[]): readonly object[] {
  return messages.flatMap((message): readonly object[] => {
    if (message.role === "tool") {
      return [{ role: "tool", tool_call_id: message.callId, content: resultText(message.content) }];
    }
    if (message.role === "assistant") {
      const calls = message.calls.map(({ id, name, inputJson }) => ({
        id,
        function: { name, arguments: JSON.parse(inputJson) as unknown },
      }));
      const content = message.content.join("");
      return [{ role: "assistant", content, ...(calls.length > 0 && { tool_calls: calls }) }];
    }
    const { role, content } = message;
    return content.map((part) =>
      typeof part === "string" ? { role, content: part } : { role, content: "", images: [base64(part)] },
    );
  });
}

/** Otherwise Ollama leaves the beginning of a long prompt out, and later that of the conversation, and says nothing. */
const WHOLE_PROMPT = { truncate: false, shift: false };

/** It depends on the server's settings and its memory, and is told of loaded models alone. */
async function contextSize(ask: Ask, model: string): Promise<number | undefined> {
  const loaded = list(member(await ask.get("/api/ps"), "models"));
  return number(
    member(
      loaded.find((each) => member(each, "name") === model),
      "context_length",
    ),
  );
}
