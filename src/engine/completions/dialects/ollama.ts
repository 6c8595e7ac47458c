import type { Dialect, Order, ReadEvent, StreamEvent } from "../dialect.js";
import { errorText, list, member, number, text } from "../json.js";

/**
 * Ollama's own `/api/generate` with `raw`, so that its template isn't applied. It tells the counts at the end alone, no ids, and adds a
 * beginning-of-sequence token by the file's metadata.
 */
export const ollama: Dialect = {
  name: "ollama",
  capabilities: { images: false, exactCounts: false, tokenIds: false, verbatimPrompt: true },
  path: "/api/generate",
  healthPath: "/api/version",
  framing: "lines",
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
      options: {
        num_predict: maxTokens,
        temperature,
        top_p: topP,
        // all that would shape the choice of tokens besides
        ...{ top_k: 0, min_p: 0, typical_p: 1, repeat_penalty: 1, presence_penalty: 0, frequency_penalty: 0 },
        ...(seed !== undefined && { seed }),
      },
    };
  },

  reader(): ReadEvent {
    return (event): StreamEvent => {
      const failure = errorText(event);
      if (failure !== undefined) return { failure };
      const content = text(member(event, "response")) ?? "";
      if (member(event, "done") !== true) return { tokens: [{ id: undefined, text: content }] };
      const promptTokens = number(member(event, "prompt_eval_count"));
      return {
        ...(promptTokens !== undefined && { promptTokens }),
        tokens: content === "" ? [] : [{ id: undefined, text: content }],
        stopReason: member(event, "done_reason") === "length" ? "length" : "stop",
        end: true,
      };
    };
  },
};
