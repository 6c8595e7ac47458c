// Every official SDK against the server: the conformance suite's own clients make the calls, and each is told what the SDK for JavaScript is told.
import { isDeepStrictEqual, stripVTControlCharacters } from "node:util";

import { afterAll, beforeAll, expect } from "vitest";

import type { Answer, Input } from "../conformance/support/answer.js";
import { clientCommand, whyNotRun } from "../conformance/support/client-command.js";
import { type Column, columns, isEncrypted, titleOf } from "../conformance/support/columns.js";
import { LineClient } from "../conformance/support/line-client.js";
import { nativeChunks } from "../conformance/support/native.js";
import { has, type Operation } from "../conformance/support/operations.js";
import { plainEnv, start } from "../support/run-cli.js";
import { whyNot } from "../support/toolchain.js";
import { type Front, LLAMA_3, nativeInput, startFront } from "./support/front.js";
import { root } from "./support/processes.js";
import { check, useTarget, writeResults } from "./support/record.js";
import { startTap } from "./support/tap.js";
import { whyNoTarget } from "./support/targets.js";

const MAX_TOKENS = 16;

/** How often a server may give another greedy answer than before: what it batches and has cached rounds otherwise. */
const SAME_TRIES = 4;

/** A profile that Bedrock has: which one doesn't matter here. */
const PROFILE = "us.meta.llama3-1-8b-instruct-v1:0";

const native = nativeInput("Once upon a time", MAX_TOKENS);
const conversation = {
  messages: [{ role: "user", content: [{ text: "Name three colours of the rainbow." }] }],
};
const turn = {
  ...{ modelId: LLAMA_3, ...conversation },
  inferenceConfig: { maxTokens: MAX_TOKENS, temperature: 0 },
};

/** A greedy call of every operation. */
const inputs: Readonly<Record<Operation, Input>> = {
  InvokeModel: native,
  InvokeModelWithResponseStream: native,
  Converse: turn,
  ConverseStream: turn,
  CountTokens: { modelId: LLAMA_3, converse: conversation },
  ListFoundationModels: {},
  GetFoundationModel: { modelIdentifier: LLAMA_3 },
  ListInferenceProfiles: {},
  GetInferenceProfile: { inferenceProfileIdentifier: PROFILE },
};

/** TLS changes nothing behind Cria: of each SDK, the columns without it. */
const [reference, ...others] = columns
  .filter((column) => !isEncrypted(column))
  .sort((a, b) => Number(isReference(b)) - Number(isReference(a)));

/** The SDK for JavaScript as programs have it; `operations.real.test.ts` compares it with what the server says when it is asked directly. */
function isReference({ sdk, transport }: Column): boolean {
  return sdk === "JavaScript" && transport === "default";
}

const running = useTarget();
let front: Front | undefined;
let javaScript: LineClient | undefined;

beforeAll(async () => {
  if (whyNoTarget() !== undefined || !reference) return;
  const { url, model, key } = running();
  front = await startFront({ url: `${url}/v1`, model, key });
  await front.server.ready();
  javaScript = startClient(reference);
}, 60_000);
afterAll(async () => {
  await javaScript?.close();
  await front?.server.close({ graceMs: 0 });
});

writeResults("sdks", () => running().title);

function startClient(column: Column): LineClient {
  if (!front) throw new Error("Cria wasn't started.");
  return new LineClient(clientCommand(column), front.server.env(plainEnv()));
}

/** What a program is told by an answer, without times. A stream is told as a whole: while a server is silent, Cria may send an event without a token. */
function told(operation: Operation, answer: Answer): unknown {
  expect(answer).not.toHaveProperty("error");
  const { output, events = [] } = answer;
  if (operation === "InvokeModel") return { ...output, body: JSON.parse(output?.body ?? "") as unknown };
  if (operation === "Converse")
    return { turn: output?.output, stopReason: output?.stopReason, usage: output?.usage };
  if (operation === "InvokeModelWithResponseStream") {
    const chunks = nativeChunks(answer);
    const metrics = chunks.at(-1)?.["amazon-bedrock-invocationMetrics"];
    return {
      text: chunks.map(({ generation }) => generation).join(""),
      promptTokens: [chunks[0]?.prompt_token_count, metrics?.["inputTokenCount"]],
      tokens: [chunks.at(-1)?.generation_token_count, metrics?.["outputTokenCount"]],
      stopReason: chunks.at(-1)?.stop_reason,
    };
  }
  if (operation === "ConverseStream") {
    return {
      kinds: [...new Set(events.flatMap((event) => Object.keys(event)))],
      text: events.map(({ contentBlockDelta }) => contentBlockDelta?.delta.text ?? "").join(""),
      stopReason: events.find(({ messageStop }) => messageStop)?.messageStop?.stopReason,
      usage: events.find(({ metadata }) => metadata)?.metadata?.usage,
    };
  }
  return output;
}

for (const column of others) {
  check(
    "operations",
    `${titleOf(column)}: each operation tells what it tells the SDK for JavaScript`,
    async () => {
      const client = startClient(column);
      try {
        for (const [operation, input] of callsOf(column)) await expectSame(client, operation, input);
      } finally {
        await client.close();
      }
      return undefined;
    },
    { whyNot: () => whyNotRun(column.language) },
  );
}

/** It has no client in the conformance suite, and its example asks for no greedy answer: what it prints is compared with what Cria sent it. */
check(
  "operations",
  ".NET's example: prints the text of the stream, to the letter",
  async (context) => {
    if (!front) throw new Error("Cria wasn't started.");
    const tap = await startTap(front.server.url);
    context.onTestFinished(() => tap.close());
    const env = { ...front.server.env(plainEnv()), AWS_ENDPOINT_URL_BEDROCK_RUNTIME: tap.url };
    const program = start("dotnet", ["run", "--no-build", "--project", "examples/dotnet"], {
      cwd: root,
      env,
    });
    const code = await program.ended;
    const stdout = stripVTControlCharacters(program.stdout);
    expect({ code, stdout }, program.stderr).toEqual({ code: 0, stdout: `${tap.texts().join("")}\n` });
    // the model may end its answer at once
    expect(tap.texts()).not.toEqual([]);
    return undefined;
  },
  { whyNot: () => whyNot("dotnet", []) },
);

function callsOf({ sdk }: Column): readonly (readonly [Operation, Input])[] {
  return (Object.keys(inputs) as Operation[])
    .filter((operation) => has(sdk, operation))
    .map((operation) => [operation, inputs[operation]]);
}

async function expectSame(client: LineClient, operation: Operation, input: Input): Promise<void> {
  const got = told(operation, await client.ask({ operation, input }));
  let own: unknown;
  for (let i = 0; i < SAME_TRIES && !isDeepStrictEqual(own, got); i += 1)
    own = told(operation, await javaScriptClient().ask({ operation, input }));
  expect(got, operation).toEqual(own);
}

function javaScriptClient(): LineClient {
  if (!javaScript) throw new Error("The SDK for JavaScript wasn't started.");
  return javaScript;
}
