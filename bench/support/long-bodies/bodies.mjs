/** Bodies of 24 MB, one of each kind. */

const BYTES = 24_000_000;

/** A text, as JSON has it, of so many bytes. */
const fill = (unit, bytes = BYTES) =>
  unit.repeat(Math.floor(bytes / Buffer.byteLength(JSON.stringify(unit).slice(1, -1))));

const converse = (content, more = {}) =>
  JSON.stringify({ messages: [{ role: "user", content }], inferenceConfig: { maxTokens: 1 }, ...more });
const invoke = (prompt) => JSON.stringify({ prompt, max_gen_len: 1 });
const base64 = (text) => Buffer.from(text).toString("base64");
const counted = (body) => JSON.stringify({ input: { invokeModel: { body: base64(body) } } });

/** JSON objects and lists, as many as a body may hold. */
const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`member ${n}`, "x".repeat(200)]));
/** Of which JSON.stringify can't write so many. */
const deep = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
const tool = (json) => ({ toolSpec: { name: "t", inputSchema: { json } } });
const toolUse = (input) => [
  { role: "user", content: [{ text: "Hi" }] },
  { role: "assistant", content: [{ toolUse: { toolUseId: "1", name: "t", input } }] },
  { role: "user", content: [{ toolResult: { toolUseId: "1", content: [{ json: input }] } }] },
];

const prompts = {
  letters: "a",
  spaces: " ",
  "line breaks": "\n",
  quotes: '"',
  "control characters": "\u0001",
  emoji: "😀",
  "lone surrogates": "\ud800",
  "[INST]": "[INST]",
  "[INST] a [/INST] b": "[INST]a[/INST]b",
  "</s>": "</s>",
  "<s></s>": "<s></s>",
  "</s>[/INST]": "</s>[/INST]",
  "<<SYS>>": "<<SYS>>",
  "[": "[",
  "<": "<",
  "<|": "<|",
  "Llama 3's headers": "<|start_header_id|>user<|end_header_id|>\n\na<|eot_id|>",
  "<|start_header_id|>": "<|start_header_id|>",
  "<|eot_id|>": "<|eot_id|>",
  "Llama 4's headers": "<|header_start|>user<|header_end|>\n\na<|eot|>",
  "<|eot|>": "<|eot|>",
  "<|image|>": "<|image|>",
};

export const bodies = {
  ...Object.fromEntries(
    Object.entries(prompts).map(([name, unit]) => [
      `prompt of ${name}, to a stand-in`,
      { to: "standIn", path: "invoke", body: () => invoke(fill(unit)) },
    ]),
  ),
  "prompt of a question, then [/INST]s": {
    ...{ to: "standIn", path: "invoke" },
    body: () => invoke(`[INST] a [/INST]${fill("[/INST]")}`),
  },
  "prompt that begins with <s> </s><s>, then </s>s": {
    ...{ to: "standIn", path: "invoke" },
    body: () => invoke(`<s>a</s><s>${fill("</s>")}`),
  },
  "prompt of letters, to the model": { to: "real", path: "invoke", body: () => invoke(fill("a")) },
  "prompt of [INST], to the model": { to: "real", path: "invoke", body: () => invoke(fill("[INST]")) },
  "prompt of letters, counted": {
    ...{ to: "real", path: "count-tokens" },
    body: () => counted(invoke(fill("a", BYTES * 0.74))),
  },
  "prompt of letters, counted, by a stand-in": {
    ...{ to: "standIn", path: "count-tokens" },
    body: () => counted(invoke(fill("a", BYTES * 0.74))),
  },
  "text, to a stand-in": { to: "standIn", path: "converse", body: () => converse([{ text: fill("a") }]) },
  "text, to the model": { to: "real", path: "converse", body: () => converse([{ text: fill("a") }]) },
  "49,000 texts of a message, to the model": {
    ...{ to: "real", path: "converse" },
    body: () => converse(Array(49_000).fill({ text: "x".repeat(460) })),
  },
  "49,000 messages, to the model": {
    ...{ to: "real", path: "converse" },
    body: () => {
      const turn = (role) => ({ role, content: [{ text: "x".repeat(430) }] });
      return JSON.stringify({
        messages: Array.from({ length: 49_001 }, (_, n) => turn(n % 2 ? "assistant" : "user")),
      });
    },
  },
  "a tool's schema of 100,000 members": {
    ...{ to: "real", path: "converse" },
    body: () => converse([{ text: "Hi" }], { toolConfig: { tools: [tool(wide)] } }),
  },
  "a tool's input and result of 100,000 members": {
    ...{ to: "real", path: "converse" },
    body: () => {
      const half = Object.fromEntries(Object.entries(wide).slice(0, 50_000));
      return JSON.stringify({ messages: toolUse(half), toolConfig: { tools: [tool({ type: "object" })] } });
    },
  },
  "a tool's schema of 5,000 levels": {
    ...{ to: "real", path: "converse" },
    body: () =>
      converse([{ text: fill("a") }], { toolConfig: { tools: [tool({ deep: "HERE" })] } }).replace(
        '"HERE"',
        deep,
      ),
  },
  "markers in a tool's result": {
    ...{ to: "real", path: "converse" },
    body: () => {
      const result = { toolResult: { toolUseId: "1", content: [{ text: fill("<|eot_id|>") }] } };
      const messages = [...toolUse({}).slice(0, 2), { role: "user", content: [result] }];
      return JSON.stringify({ messages, toolConfig: { tools: [tool({ type: "object" })] } });
    },
  },
  "five text documents": {
    ...{ to: "real", path: "converse" },
    body: () => {
      const bytes = base64("a".repeat(3_300_000));
      const document = (n) => ({ document: { name: `d${n}`, format: "txt", source: { bytes } } });
      return converse([{ text: "Hi" }, ...[1, 2, 3, 4, 5].map(document)]);
    },
  },
  "four stop sequences of 6 MB": {
    ...{ to: "real", path: "converse" },
    body: () =>
      converse([{ text: "Hi" }], {
        inferenceConfig: { stopSequences: Array(4).fill("a".repeat(5_900_000)) },
      }),
  },
  "a member's name of 24 MB": {
    to: "real",
    path: "converse",
    body: () => JSON.stringify({ [fill("a")]: 1 }),
  },
  "a number of 24 MB": {
    to: "real",
    path: "invoke",
    body: () => `{"prompt":"Hi","temperature":${fill("1")}}`,
  },
  "24 million brackets": { to: "real", path: "invoke", body: () => fill("[") },
  "125,000 brackets, then spaces": {
    ...{ to: "real", path: "invoke" },
    body: () => `{"prompt":"Hi","x":${"[".repeat(124_000)}${" ".repeat(23_000_000)}${"]".repeat(124_000)}}`,
  },
  "spaces that aren't JSON": { to: "real", path: "invoke", body: () => fill(" ") },
  "half a character at the end": {
    ...{ to: "real", path: "invoke" },
    body: () => Buffer.concat([Buffer.from(fill("a")), Buffer.from([0xc3])]),
  },
};
