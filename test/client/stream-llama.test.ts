import { setTimeout as sleep } from "node:timers/promises";

import { ModelStreamErrorException, ThrottlingException } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it, vi } from "vitest";

import { StreamBrokenError, streamLlama, type LlamaChunk, type LlamaStream } from "../../src/client/index.js";
import { begin, chunkFrame, exceptionFrame, frameServer, nativeBody } from "../support/frame-server.js";

const prompt = "[INST] Hello [/INST]";

/** Reads a stream to its end or error, and returns both the chunks and the error. */
async function read(stream: LlamaStream) {
  const chunks: LlamaChunk[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
  } catch (error) {
    return { chunks, text: chunks.map((chunk) => chunk.generation).join(""), error };
  }
  return { chunks, text: chunks.map((chunk) => chunk.generation).join(""), error: undefined };
}

describe("streamLlama", () => {
  it("yields typed chunks as they arrive, and the totals", async () => {
    await using server = await frameServer(async (stream) => {
      begin(stream);
      stream.write(chunkFrame(nativeBody(1, " Hel")));
      await sleep(400);
      stream.write(chunkFrame(nativeBody(2, "lo")));
      stream.end(chunkFrame(nativeBody(3, "", "stop")));
    });
    const stream = streamLlama({ on: server.url, prompt, maxGenLen: 20 });
    const times: number[] = [];
    const chunks: LlamaChunk[] = [];
    for await (const chunk of stream) {
      times.push(performance.now());
      chunks.push(chunk);
    }
    expect(chunks).toEqual([
      { generation: " Hel", promptTokenCount: 10, generationTokenCount: 1, stopReason: null },
      { generation: "lo", promptTokenCount: null, generationTokenCount: 2, stopReason: null },
      {
        generation: "",
        promptTokenCount: null,
        generationTokenCount: 3,
        stopReason: "stop",
        metrics: { inputTokenCount: 10, outputTokenCount: 3, invocationLatency: 1686, firstByteLatency: 294 },
      },
    ]);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(200);
    expect(stream.totals).toMatchObject({
      promptTokenCount: 10,
      generationTokenCount: 3,
      stopReason: "stop",
    });
    expect(stream.standIn).toBeUndefined();
    expect(server.requests).toHaveLength(1);
    expect(JSON.parse(server.requests[0]?.body ?? "")).toEqual({ prompt, max_gen_len: 20 });
    expect(server.requests[0]?.headers[":path"]).toBe(
      "/model/meta.llama2-13b-chat-v1/invoke-with-response-stream",
    );
  });

  it("names the stand-in, and sends raw and seed as Cria's headers", async () => {
    await using server = await frameServer((stream) => {
      begin(stream, { "x-cria-model": "Small-1" });
      stream.end(chunkFrame(nativeBody(1, "Hi", "length")));
    });
    const stream = streamLlama({ on: server.url, prompt, raw: true, seed: 7 });
    expect((await read(stream)).text).toBe("Hi");
    expect(stream.standIn).toBe("Small-1");
    expect(server.requests[0]?.headers).toMatchObject({ "x-cria-raw": "true", "x-cria-seed": "7" });
  });

  it.each([
    ["modelStreamErrorException", ModelStreamErrorException],
    ["throttlingException", ThrottlingException],
  ])(
    "throws the SDK's class for a %s frame after the chunks before it, and doesn't retry",
    async (type, Class) => {
      await using server = await frameServer((stream) => {
        begin(stream);
        stream.write(chunkFrame(nativeBody(1, "one ")));
        stream.write(chunkFrame(nativeBody(2, "two")));
        stream.end(exceptionFrame(type, "It broke."));
      });
      const { text, error } = await read(streamLlama({ on: server.url, prompt }));
      expect(text).toBe("one two");
      expect(error).toBeInstanceOf(Class);
      expect((error as Error).message).toBe("It broke.");
      expect(server.requests).toHaveLength(1);
    },
  );

  it.each<[string, (stream: import("node:http2").ServerHttp2Stream) => void]>([
    [
      "a body that ends between two frames",
      (stream) => {
        stream.end();
      },
    ],
    [
      "a closed connection",
      (stream) => {
        stream.session?.destroy();
      },
    ],
    [
      "a reset connection",
      (stream) => {
        stream.session?.socket.resetAndDestroy();
      },
    ],
    [
      "RST_STREAM with CANCEL",
      (stream) => {
        stream.close(8);
      },
    ],
    [
      "RST_STREAM with INTERNAL_ERROR",
      (stream) => {
        stream.close(2);
      },
    ],
    [
      "half a frame",
      (stream) => {
        stream.end(chunkFrame(nativeBody(3, "three")).subarray(0, 40));
      },
    ],
  ])("throws on %s, after the chunks that came", async (_name, cut) => {
    await using server = await frameServer(async (stream) => {
      begin(stream);
      stream.write(chunkFrame(nativeBody(1, "one ")));
      stream.write(chunkFrame(nativeBody(2, "two")));
      await sleep(100);
      cut(stream);
    });
    const { text, error } = await read(streamLlama({ on: server.url, prompt }));
    expect(text).toBe("one two");
    expect(error).toBeInstanceOf(StreamBrokenError);
    expect(error).toMatchObject({ chunks: 2 });
    expect(server.requests).toHaveLength(1);
  });

  it("cancels the request when its loop is left", async () => {
    const closed = vi.fn();
    await using server = await frameServer(async (stream) => {
      stream.on("close", closed);
      begin(stream);
      for (let i = 1; !stream.closed; i += 1) {
        stream.write(chunkFrame(nativeBody(i, "on ")));
        await sleep(10);
      }
    });
    for await (const chunk of streamLlama({ on: server.url, prompt })) {
      if (chunk.generationTokenCount === 3) break;
    }
    await vi.waitFor(() => expect(closed).toHaveBeenCalled(), { timeout: 2000 });
  });

  it.each([
    ["before the response", 0],
    ["while it waits for a chunk", 2],
  ])("throws the reason of an abort %s, and tells the server", async (_name, chunks) => {
    const closed = vi.fn();
    await using server = await frameServer((stream) => {
      stream.on("close", closed);
      if (chunks > 0) begin(stream);
      for (let i = 1; i <= chunks; i += 1) stream.write(chunkFrame(nativeBody(i, "on ")));
    });
    const controller = new AbortController();
    const reason = new Error("enough");
    setTimeout(() => controller.abort(reason), 200);
    const result = await read(streamLlama({ on: server.url, prompt, signal: controller.signal }));
    expect(result.error).toBe(reason);
    expect(result.chunks).toHaveLength(chunks);
    await vi.waitFor(() => expect(closed).toHaveBeenCalled(), { timeout: 2000 });
  });

  it("throws the SDK's exception class for a refusal", async () => {
    await using server = await frameServer((stream) => {
      stream.respond({
        ":status": 400,
        "content-type": "application/json",
        "x-amzn-errortype": "ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/",
      });
      stream.end('{"message":"The provided model identifier is invalid."}');
    });
    const { error } = await read(streamLlama({ on: server.url, prompt, modelId: "meta.none" }));
    expect(error).toMatchObject({
      name: "ValidationException",
      message: "The provided model identifier is invalid.",
    });
  });

  it("refuses options that contradict each other, and a seed on AWS", () => {
    // @ts-expect-error both kinds of input at once
    expect(() => streamLlama({ prompt, messages: [] })).toThrow(TypeError);
    // @ts-expect-error no input at all
    expect(() => streamLlama({})).toThrow(TypeError);
    expect(() => streamLlama({ on: "aws", prompt, seed: 1 })).toThrow("has no seed");
  });

  it("sends neither real credentials nor a real bearer key to an endpoint outside AWS", async () => {
    vi.stubEnv("AWS_BEARER_TOKEN_BEDROCK", "real-key");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "REALKEYID");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "real-secret");
    try {
      await using server = await frameServer((stream) => {
        begin(stream);
        stream.end(chunkFrame(nativeBody(1, "Hi", "length")));
      });
      expect((await read(streamLlama({ on: server.url, prompt }))).error).toBeUndefined();
      const sent = JSON.stringify(server.requests[0]?.headers);
      expect(sent).not.toMatch(/real/i);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
