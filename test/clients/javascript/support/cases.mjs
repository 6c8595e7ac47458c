// What every JavaScript client is asked, what it must answer (see ../../script.mjs), and how a result is printed.
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

// numbers that nothing else in a prompt holds: the script answers by them
export const SUM_QUESTION = "What is 1234 plus 4321, times 2? Use the tools.";
const SUM_ANSWER = "The result is 11110.";

export const PERSON_TEXT = "Ada is 36 years old.";
export const PERSON = z.object({ name: z.string(), age: z.number().int() });

/** The schema of both tools. */
export const TERMS = z.object({ a: z.number().int(), b: z.number().int() });

/** The sentences with which Bedrock refuses what a framework asked of Llama. */
export const STREAMED_TOOLS = "This model doesn't support tool use in streaming mode.";
const REFUSALS = [
  "This model doesn't support the toolConfig.toolChoice.any field.",
  "This model doesn't support the toolConfig.toolChoice.tool field.",
  STREAMED_TOOLS,
  "This model doesn't support the outputConfig field.",
  "The model that you are using requires the last turn in the conversation to be a user message.",
  "Malformed input request: #: required key [prompt] not found",
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

/** Checks that a request is refused in Bedrock's words. */
export async function expectRefusal(sentence, asked) {
  await assert.rejects(asked, (error) => {
    assert.ok(textOf(error).includes(sentence), `expected ${sentence}, not ${error.message}`);
    return true;
  });
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
      ["add", 1234, 4321],
      ["multiply", 5555, 2],
    ]);
    assert.equal(answer.trim(), SUM_ANSWER);
  }
}

export function expectPerson(person) {
  assert.deepEqual({ name: person.name, age: person.age }, { name: "Ada", age: 36 });
}

/** Runs the cases, or those that the command line names, and prints a line of JSON for the result of each. */
export async function run(client, cases) {
  const { version } = JSON.parse(readFileSync(`node_modules/${client}/package.json`, "utf8"));
  const named = process.argv.slice(2);
  for (const name of named.length > 0 ? named : Object.keys(cases)) {
    const [result, detail] = await outcome(cases[name]);
    console.log(JSON.stringify({ client, version, case: name, result, detail }));
  }
}

async function outcome(run) {
  try {
    return ["works", (await run()) ?? null];
  } catch (error) {
    if (error instanceof NoSuchMode) return ["no such mode", error.message];
    // a refusal in Bedrock's words, wherever the framework has put them; else a failure
    const text = textOf(error);
    const refusal = REFUSALS.find((sentence) => text.includes(sentence));
    // an assertion quotes what it missed
    if (refusal !== undefined && !(error instanceof assert.AssertionError)) return ["refused", refusal];
    console.error(text);
    return ["failed", `${error.name}: ${error.message}`];
  }
}

/** The message of an error with those of its causes. */
function textOf(error) {
  return inspect(error, { depth: 8 }).replaceAll("\\'", "'");
}
