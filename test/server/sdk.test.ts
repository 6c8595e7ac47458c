import {
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  ModelStreamErrorException,
  ThrottlingException,
  ValidationException,
} from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";

import type { WireChunk } from "./support/frames.js";
import { sdkProtocols } from "./support/sdk.js";
import { MODEL, startServer, until } from "./support/start.js";

const BODY = JSON.stringify({ prompt: "<s>[INST] Hi [/INST]" });

describe.each(sdkProtocols)("the AWS SDK for JavaScript over %s", (_, clientFor) => {
  async function* stream(
    endpoint: string,
    options: { abortSignal?: AbortSignal } = {},
  ): AsyncGenerator<WireChunk> {
    const command = new InvokeModelWithResponseStreamCommand({ modelId: MODEL, body: BODY });
    const { body } = await clientFor(endpoint).send(command, options);
    for await (const { chunk } of body ?? []) {
      yield JSON.parse(Buffer.from(chunk?.bytes ?? []).toString()) as WireChunk;
    }
  }

  it("gets a complete answer", async () => {
    const { server } = await startServer({ tokens: ["Hel", "lo"] });
    const command = new InvokeModelCommand({ modelId: MODEL, body: BODY, accept: "application/json" });
    const { body, contentType } = await clientFor(server.url).send(command);
    expect(contentType).toBe("application/json");
    expect(JSON.parse(Buffer.from(body).toString())).toMatchObject({
      generation: "Hello",
      stop_reason: "stop",
    });
  });

  it("gets each token as soon as it is decoded", async () => {
    // the second token isn't decoded until the first has been read: if frames were held back, this would never end
    let released: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (released = resolve));
    const { server, engine } = await startServer({ tokens: ["Hel", "lo"] });
    const generate = engine.generate.bind(engine);
    engine.generate = async (request) => {
      const generation = await generate(request);
      return {
        promptTokens: generation.promptTokens,
        async *[Symbol.asyncIterator]() {
          for await (const token of generation) {
            yield token;
            await first;
          }
        },
      };
    };
    const texts: string[] = [];
    for await (const { generation } of stream(server.url)) {
      texts.push(generation);
      released();
    }
    expect(texts).toEqual(["Hel", "lo", ""]);
  });

  it("keeps streaming after it has sent GOAWAY", async () => {
    const tokens = Array.from({ length: 20 }, (_, i) => `${i} `);
    const { server } = await startServer({ tokens, delayMs: 20 });
    const counts: number[] = [];
    for await (const chunk of stream(server.url)) counts.push(chunk.generation_token_count);
    expect(counts).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
  });

  it("gets refusals as the SDK's exception classes", async () => {
    const { server } = await startServer(() => {
      throw new Error("not reached");
    });
    const client = clientFor(server.url);
    const send = (input: { modelId: string; body: string }) => client.send(new InvokeModelCommand(input));
    await expect(send({ modelId: "nothing", body: BODY })).rejects.toThrow(ValidationException);
    await expect(send({ modelId: MODEL, body: "{}" })).rejects.toThrow(
      "Malformed input request: #: required key [prompt] not found, please reformat your input and try again.",
    );
  });

  it("is throttled when every sequence is busy", async () => {
    const { server, engine } = await startServer({ tokens: [] });
    const { EngineBusyError } = await import("../../src/engine/index.js");
    engine.generate = () => Promise.reject(new EngineBusyError("Full."));
    await expect(stream(server.url).next()).rejects.toThrow(ThrottlingException);
  });

  it("gets the chunks, then the exception, of a stream that fails", async () => {
    const { server } = await startServer({ tokens: ["a", "b", "c"], failAfter: 2 });
    const texts: string[] = [];
    const failure = (async () => {
      for await (const { generation } of stream(server.url)) texts.push(generation);
    })();
    await expect(failure).rejects.toThrow(ModelStreamErrorException);
    expect(texts).toEqual(["a", "b"]);
  });

  it("stops the generation with its abort signal", async () => {
    const { server, engine, lines } = await startServer({
      tokens: Array<string>(1000).fill("x"),
      delayMs: 5,
    });
    const controller = new AbortController();
    const reading = (async () => {
      for await (const { generation_token_count: count } of stream(server.url, {
        abortSignal: controller.signal,
      })) {
        if (count === 3) controller.abort();
      }
    })();
    await reading.catch(() => undefined);
    await until(() => lines.some(({ abortedByClient }) => abortedByClient === true), "the log line");
    expect(engine.requests[0]?.signal?.aborted).toBe(true);
    expect(engine.tokensRead).toBeLessThan(1000);
  });
});
