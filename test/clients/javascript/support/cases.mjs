// What every JavaScript client is asked, what it must answer, and how a result is printed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { inspect } from "node:util";

import { z } from "zod";

export const TOOLS_MODEL = "us.meta.llama3-3-70b-instruct-v1:0";

export const QUESTION = "Why do llamas hum?";
const ANSWER = "Llamas hum when they are content.";
// the counts of the script: the prompt's tokens, and the answer's with the token that ends it
const INPUT_TOKENS = 25;
const OUTPUT_TOKENS = 8;

export const SUM_QUESTION = "What is 2 plus 3, times 4? Use the tools.";
const SUM_ANSWER = "The result is 20.";

export const PERSON_TEXT = "Ada is 36 years old.";
export const PERSON = z.object({ name: z.string(), age: z.number().int() });

/** The schema of both tools. */
export const TERMS = z.object({ a: z.number().int(), b: z.number().int() });

/** The sentences with which Bedrock refuses what a framework asked of Llama. */
const REFUSALS = [
  "This model doesn't support the toolConfig.toolChoice.any field.",
  "This model doesn't support the toolConfig.toolChoice.tool field.",
  "This model doesn't support tool use in streaming mode.",
  "This model doesn't support the outputConfig field.",
  "The model that you are using requires the last turn in the conversation to be a user message.",
];

/** The framework has no way to do this; the message says why. */
export class NoSuchMode extends Error {}

export function expectAnswer(text) {
  assert.equal(text, ANSWER);
}

/** Checks the texts of a stream. Frameworks may join tokens, but not all of them. */
export async function expectStream(chunks) {
  const texts = [];
  for await (const text of chunks) if (text) texts.push(text);
  assert.equal(texts.join(""), ANSWER);
  assert.ok(texts.length > 1, "the answer came as one chunk");
  return `${texts.length} chunks`;
}

export function expectUsage(inputTokens, outputTokens) {
  assert.deepEqual([inputTokens, outputTokens], [INPUT_TOKENS, OUTPUT_TOKENS]);
}

/** Two tools that note their calls. */
export class Calculator {
  #calls = [];

  add = ({ a, b }) => {
    this.#calls.push(["add", a, b]);
    return a + b;
  };

  multiply = ({ a, b }) => {
    this.#calls.push(["multiply", a, b]);
    return a * b;
  };

  /** Checks that the agent ran both tools with the model's arguments, and ended with its answer. */
  expectCalls(answer) {
    assert.deepEqual(this.#calls, [
      ["add", 2, 3],
      ["multiply", 5, 4],
    ]);
    assert.equal(answer.trim(), SUM_ANSWER);
  }
}

export function expectPerson(person) {
  assert.deepEqual({ name: person.name, age: person.age }, { name: "Ada", age: 36 });
}

/** Runs the case that the command line names, and prints its result as one line of JSON. */
export async function run(name, cases) {
  const version = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version;
  const kase = process.argv[2];
  const [result, detail] = await outcome(cases[kase]);
  console.log(JSON.stringify({ client: name, version, case: kase, result, detail }));
}

async function outcome(run) {
  try {
    return ["works", (await run()) ?? null];
  } catch (error) {
    if (error instanceof NoSuchMode) return ["no such mode", error.message];
    // a refusal in Bedrock's words, wherever the framework has put them; else a failure
    const text = inspect(error, { depth: 8 }).replaceAll("\\'", "'");
    const refusal = REFUSALS.find((sentence) => text.includes(sentence));
    if (refusal !== undefined) return ["refused", refusal];
    console.error(text);
    return ["failed", `${error.name}: ${error.message}`];
  }
}
