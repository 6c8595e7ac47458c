/** Prompts for both sides: the text for Cria, and the same tokens for llama-server. */

/** The beginning-of-sequence token of Llama 2, `<s>`, and of the default model. Cria puts it before every prompt for a Llama 2 id. */
const BOS = 1;

const WORDS =
  "river mountain library harbour forest desert island village castle train garden storm valley market bridge winter".split(
    " ",
  );

/** Each model's prompt format, after the beginning-of-sequence token. */
export const templates = {
  chatMl: (text) => `user\n${text}<|im_end|>\n<|im_start|>assistant\n`,
  llama2: (text) => `[INST] ${text} [/INST]`,
};

let made = 0;

/** Each prompt is different, so that none is in the KV cache, and has a long answer: it begins to count. */
export function story(template) {
  made += 1;
  const from = made * 10;
  return `${template(`${made}. Count from ${from} to ${from + 1000}.`)} ${from}, ${from + 1}, ${from + 2},`;
}

/** A text of about the given number of tokens, with a unique beginning. */
export function filler(tokens, seed = (made += 1)) {
  const words = [];
  // a word is a token or two of either vocabulary
  for (let i = 0, state = seed + 1; i < tokens; i += 1) {
    state = (state * 48271) % 2147483647;
    words.push(WORDS[state % WORDS.length]);
  }
  return `${seed}: ${words.join(" ")}`;
}

/** Makes requests from texts with llama-server's tokenizer. */
export function tokenizer(url) {
  const tokenize = async (content) => {
    const response = await fetch(`${url}/tokenize`, {
      method: "POST",
      body: JSON.stringify({ content, add_special: false, parse_special: true }),
    });
    return [BOS, ...(await response.json()).tokens];
  };
  return {
    request: async (prompt, maxTokens, more = {}) => ({
      prompt,
      ids: await tokenize(prompt),
      maxTokens,
      temperature: 0,
      topP: 1,
      ...more,
    }),
    /** The longest prefix of whole words with at most the given number of tokens. */
    async cut(text, tokens) {
      const words = text.split(" ");
      let low = 0;
      let high = words.length;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        const { length } = await tokenize(words.slice(0, middle).join(" "));
        if (length <= tokens) low = middle;
        else high = middle - 1;
      }
      return words.slice(0, low).join(" ");
    },
  };
}
