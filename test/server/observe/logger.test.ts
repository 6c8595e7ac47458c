import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";

import { expect, test } from "vitest";

import { createLogger } from "../../../src/server/index.js";

/** Control characters, and what changes the order of text. */
const HOSTILE = 'a"\\u001b\u001b]0;x\u0007\u009b31m\u007f\u202e\r\b\\';

async function logged(pretty: boolean): Promise<string> {
  const destination = new PassThrough();
  const logger = await createLogger({ destination, pretty });
  logger.warn({ modelId: HOSTILE, err: new Error(HOSTILE) }, `of ${HOSTILE}`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  destination.end();
  return text(destination);
}

/** The colours of the log's own, which are on by default on Windows. The hostile text has none like them. */
const COLOURS = /\u001b\[\d+m/gu;

/** None may be left. */
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/u;

test("a log for people shows what would control their terminal", async () => {
  const lines = (await logged(true)).replaceAll(COLOURS, "");
  expect(lines).not.toMatch(UNPRINTABLE);
  expect(lines).toContain("\\u001b]0;x\\u0007\\u009b31m\\u007f\\u202e");
});

test("a log for programs has it as JSON, which means the same", async () => {
  const lines = await logged(false);
  expect(lines).not.toMatch(UNPRINTABLE);
  expect(JSON.parse(lines)).toMatchObject({
    modelId: HOSTILE,
    msg: `of ${HOSTILE}`,
    err: { message: HOSTILE },
  });
});

test.each([true, false])(
  "an error's words and its causes' are sentences, each once (for people: %s)",
  async (pretty) => {
    const destination = new PassThrough();
    const logger = await createLogger({ destination, pretty });
    const inner = new Error("connect ECONNREFUSED 127.0.0.1:9");
    const cause = new Error("127.0.0.1:9 can't be reached: connect ECONNREFUSED 127.0.0.1:9.", {
      cause: inner,
    });
    logger.error({ err: new Error("The server can't be reached.", { cause }) }, "InvokeModel");
    await new Promise((resolve) => setTimeout(resolve, 50));
    destination.end();
    const line = await text(destination);
    const words =
      "The server can't be reached. 127.0.0.1:9 can't be reached: connect ECONNREFUSED 127.0.0.1:9.";
    expect(line).toContain(`"${words}"`);
    expect(line).toContain("caused by: Error: 127.0.0.1:9");
  },
);

test("an error that is its own cause is logged", async () => {
  const destination = new PassThrough();
  const logger = await createLogger({ destination });
  const error = new Error("Round");
  error.cause = new Error("And round", { cause: error });
  logger.error({ err: error }, "it failed");
  await new Promise((resolve) => setTimeout(resolve, 50));
  destination.end();
  expect(JSON.parse(await text(destination))).toMatchObject({ err: { message: "Round. And round." } });
});
