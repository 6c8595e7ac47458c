import { PromptTooLongError } from "../../errors.js";
import type { Ask, Dialect, Order, ReadEvent, StreamEvent } from "../dialect.js";
import { RefusedError } from "../errors.js";
import { errorText, list, member, number, text } from "../json.js";

/**
 * Ollama's own `/api/generate` with `raw`, so that its template isn't applied (seen with 0.17.4). It tells the counts at the end alone, no ids, and adds a
 * beginning-of-sequence token by the file's metadata. It has no way to count: an answer of one token is asked for, whose evaluated prompt it keeps for the answer
 * that follows.
 */
export const ollama: Dialect = {
  name: "ollama",
  capabilities: { images: false, exactCounts: true, tokenIds: false, verbatimPrompt: true },
  path: "/api/generate",
  healthPath: "/api/version",
  framing: "lines",
  countsFirst: true,
  needsIds: false,

  async models(ask) {
    return list(member(await ask.get("/api/tags"), "models")).flatMap((model) => {
      const name = text(member(model, "name"));
      return name === undefined ? [] : [{ name }];
    });
  },

  body({ model, prompt, maxTokens, temperature, topP, seed }: Order) {
    return {
      model,
      prompt: prompt.text,
      raw: true,
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
  },

  reader(): ReadEvent {
    let counted = 0;
    return (event): StreamEvent => {
      const failure = errorText(event);
      if (failure !== undefined) return { failure };
      const content = text(member(event, "response")) ?? "";
      const tokens = content === "" ? [] : [{ id: undefined, text: content }];
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
  },

  async tokenize(ask, { text: prompt }, model) {
    const options = { num_predict: 1, temperature: 0, stop: [] };
    const body = { model, prompt, raw: true, stream: false, ...WHOLE_PROMPT, options };
    try {
      const answer = await ask.post("/api/generate", body, true);
      const count = number(member(answer, "prompt_eval_count")) ?? 0;
      return { count, contextSize: await contextSize(ask, model) };
    } catch (error) {
      // its words, without a number
      if (!(error instanceof RefusedError) || !error.message.includes("context length")) throw error;
      throw new PromptTooLongError(Infinity, (await contextSize(ask, model)) ?? Infinity);
    }
  },
};

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
