// What the scripted engine answers in each case: one script a request.

/** Counts of the prompt that no client can know by itself. */
const PROMPT_TOKENS = 25;

const answer = (...tokens) => ({ tokens, promptTokens: PROMPT_TOKENS });

/** A call as Llama writes it. */
const call = (name, parameters) => answer(JSON.stringify({ name, parameters }));

const sentence = answer("Llamas", " hum", " when", " they", " are", " content", ".");
const ada = { name: "Ada", age: 36 };

/** The cases, in the order of the table's columns. */
export const cases = ["plain", "stream", "usage", "tools", "structured"];

/**
 * @param {string} name one of {@link cases}
 * @param {string} [structuredCall] the tool to call for structured output; without it, the answer is JSON
 * @returns the scripts, in the order of the requests
 */
export function scriptsFor(name, structuredCall) {
  switch (name) {
    case "tools":
      return [
        call("add", { a: 2, b: 3 }),
        call("multiply", { a: 5, b: 4 }),
        answer("The", " result", " is", " 20", "."),
      ];
    case "structured":
      return [structuredCall === undefined ? answer(JSON.stringify(ada)) : call(structuredCall, ada)];
    default:
      return [sentence];
  }
}
