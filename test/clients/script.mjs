// What the scripted engine answers to the programs: each answer belongs to the latest of these texts in the prompt, so that a call is
// followed by the next only if the tool's result has reached the model.

/** Counts of the prompt that no client can know by itself. */
const PROMPT_TOKENS = 25;

const ADA = { name: "Ada", age: 36 };

/** The cases, in the order of the table's columns. */
export const cases = ["plain", "stream", "usage", "tools", "structured"];

/**
 * @param {import("./clients.mjs").Client} client
 * @returns the script, as `--script` takes it
 */
export function scriptFor({ structuredCall, toolPrefix = "" }) {
  const answers = {
    "Why do llamas hum?": { tokens: ["Llamas", " hum", " when", " they", " are", " content", "."] },
    "What is 1234 plus 4321, times 2?": {
      toolCall: { name: `${toolPrefix}add`, input: { a: 1234, b: 4321 } },
    },
    5555: { toolCall: { name: `${toolPrefix}multiply`, input: { a: 5555, b: 2 } } },
    11110: { text: "The result is 11110." },
    "Ada is 36 years old.":
      structuredCall === undefined
        ? { text: JSON.stringify(ADA) }
        : { toolCall: { name: structuredCall, input: ADA } },
  };
  return Object.entries(answers).map(([when, answer]) => ({ when, ...answer, promptTokens: PROMPT_TOKENS }));
}
