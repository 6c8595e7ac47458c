import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { ConverseStreamOutput$, ResponseStream$ } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";

import {
  BedrockException,
  chunkFrames,
  type ConverseEvent,
  encodeExceptionFrame,
  eventFrames,
  type ExceptionType,
  exceptionTypes,
  type FrameCodec,
  type NativeLlamaResponse,
} from "../../src/bedrock/index.js";
import {
  EngineBusyError,
  EngineStoppedError,
  EngineTimeoutError,
  EngineUnavailableError,
  PromptTooLongError,
} from "../../src/engine/index.js";
import { MessageDecoder } from "../../src/event-stream/index.js";
import { ServerClosingError } from "../../src/server/errors.js";
import type { StreamReply } from "../../src/server/reply.js";
import { ServerRequest } from "../../src/server/request.js";
import { operations as serverOperations } from "../../src/server/operations/index.js";
import { toStreamException } from "../../src/server/to-exception.js";
import { FaultPlan } from "../../src/server/faults/fault-plan.js";
import { answer, serverContext } from "./support/ask.js";
import { collectingExchange } from "./support/exchange.js";
import { MODEL, STREAM } from "./support/start.js";

/**
 * No stream carries an event or an exception that its operation's API model doesn't define: the SDKs for .NET and PHP and AWS's new SDK
 * for Python end the program's loop at one. The models are those of the installed SDK for JavaScript.
 */
/** The members of a union: the fifth entry of its schema. */
const membersOf = (union: readonly unknown[]) => new Set(union[4] as readonly string[]);

const CONVERSE_BODY = JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hi" }] }] });

const chunk: NativeLlamaResponse = {
  generation: "a",
  promptTokenCount: 7,
  generationTokenCount: 1,
  stopReason: null,
};
const metrics = { inputTokenCount: 7, outputTokenCount: 1, invocationLatency: 1, firstByteLatency: 1 };
const chunks: readonly NativeLlamaResponse[] = [chunk, { ...chunk, stopReason: "stop", metrics }];

/** One event of each type: the compiler reports a type that is missing here. */
const oneOfEach: { readonly [Type in ConverseEvent["type"]]: Extract<ConverseEvent, { type: Type }> } = {
  messageStart: { type: "messageStart" },
  contentBlockDelta: { type: "contentBlockDelta", text: "a" },
  contentBlockStop: { type: "contentBlockStop" },
  messageStop: { type: "messageStop", stopReason: "end_turn" },
  metadata: { type: "metadata", usage: { inputTokens: 7, outputTokens: 1 }, latencyMs: 1 },
};

interface Operation {
  readonly name: string;
  readonly path: string;
  readonly body: string;
  readonly members: ReadonlySet<string>;
  /** Every frame that the operation's codec can make. */
  readonly frames: (padding: (() => number) | false) => readonly Uint8Array[];
}

const operations: readonly Operation[] = [
  {
    name: "InvokeModelWithResponseStream",
    path: STREAM,
    body: '{"prompt":"Hi"}',
    members: membersOf(ResponseStream$),
    frames: (padding) =>
      everyFrame(
        chunkFrames(padding, () => chunk),
        chunks,
      ),
  },
  {
    name: "ConverseStream",
    path: `/model/${MODEL}/converse-stream`,
    body: CONVERSE_BODY,
    members: membersOf(ConverseStreamOutput$),
    frames: (padding) => everyFrame(eventFrames(padding), Object.values(oneOfEach)),
  },
];

/** Each event in a frame of its own, each that fits in an open frame, and an open frame that ends empty. */
function everyFrame<E>(codec: FrameCodec<E>, events: readonly E[]): Uint8Array[] {
  const whole = events.map((event) => codec.encode(event));
  const filled = events.flatMap((event) => {
    const frame = codec.open();
    const rest = frame.fill(event);
    return rest ? [Buffer.concat([frame.start, rest])] : [];
  });
  const frame = codec.open();
  return [...whole, ...filled, Buffer.concat([frame.start, frame.finishEmpty()])];
}

/** An SDK finds a frame's member by the message type and the header that belongs to it. */
function memberNames(bytes: Uint8Array): string[] {
  const decoder = new MessageDecoder();
  const messages = decoder.push(bytes);
  decoder.finish();
  return messages.map(({ headers }) => {
    const kind = headers.get(":message-type")?.value;
    expect(["event", "exception"]).toContain(kind);
    return String(headers.get(kind === "event" ? ":event-type" : ":exception-type")?.value);
  });
}

const types = Object.keys(exceptionTypes) as ExceptionType[];

/** Every error that can end a stream. */
const failures: readonly unknown[] = [
  ...types.map((type) => new BedrockException(type, "It failed.")),
  new EngineBusyError("It's busy."),
  new EngineStoppedError("It stopped."),
  new EngineTimeoutError(1_000),
  new EngineUnavailableError("It isn't there.", true),
  new PromptTooLongError(2, 1),
  new ServerClosingError(),
  new TypeError("a fault of Cria's own"),
  "not an Error",
];

describe.each(operations)("$name", ({ name, path, body, members, frames }) => {
  it("has members in the API model", () => {
    expect(members.size).toBeGreaterThan(6);
  });

  it.each([
    ["with padding", () => 0.5],
    ["without", false as const],
  ])("makes events of the model alone, %s", (_, padding) => {
    const all = frames(padding);
    expect(all.length).toBeGreaterThan(2);
    for (const frame of all) expect([...members]).toContain(memberNames(frame)[0]);
  });

  it("ends only with exceptions of the API model, for every error", async () => {
    const { exchange } = collectingExchange({ method: "POST", path, headers: {}, body });
    const context = serverContext();
    const request = new ServerRequest(exchange, context);
    request.resource = MODEL;
    const reply = await serverOperations.find((operation) => operation.name === name)?.run(request, context);
    const { exceptions } = (reply as StreamReply).stream;
    expect(exceptions.size).toBeGreaterThan(4);
    // every exception that the operation lists, and every one that an error is turned into
    const said = [...exceptions].map((type) => new BedrockException(type, "It failed."));
    const become = failures.map((failure) => toStreamException(failure, exceptions));
    for (const exception of [...said, ...become]) {
      expect([...members]).toContain(memberNames(encodeExceptionFrame(exception))[0]);
    }
  });

  it.each(types)("carries only members of the API model with the fault %s", async (kind) => {
    const faults = new FaultPlan([{ kind, after: 1 }]);
    const { status, bytes } = await answer({ faults }, { path, body });
    expect(status).toBe(200);
    const names = memberNames(bytes);
    expect(names.at(-1)).toMatch(/Exception$/u);
    for (const name of names) expect([...members]).toContain(name);
  });

  it("carries only members of the API model without a fault", async () => {
    const names = memberNames((await answer({}, { path, body })).bytes);
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect([...members]).toContain(name);
  });
});

describe("the source", () => {
  /** Functions that make a message of the event stream. */
  const MAKERS = /\b(?:encodeMessage|textMessageEncoder|openTextMessage)\b/u;

  it("makes frames only in the files that this test covers", () => {
    const root = fileURLToPath(new URL("../../src", import.meta.url));
    const files = readdirSync(root, { recursive: true, encoding: "utf8" })
      .map((file) => file.replaceAll("\\", "/"))
      .filter((file) => file.endsWith(".ts") && !file.startsWith("event-stream/"));
    const makers = files.filter((file) => MAKERS.test(readFileSync(join(root, file), "utf8")));
    expect(makers.sort()).toEqual([
      "bedrock/converse/event-frame.ts",
      "bedrock/errors/encode-exception.ts",
      "bedrock/native/chunk-frame.ts",
    ]);
  });
});
