import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  encodeChunkFrame,
  encodeNativeResponse,
  type NativeLlamaResponse,
} from "../../../src/bedrock/index.js";
import { MessageDecoder } from "../../../src/event-stream/index.js";

const MIDDLE: NativeLlamaResponse = {
  generation: "The",
  promptTokenCount: null,
  generationTokenCount: 3,
  stopReason: null,
};

function open(frame: Uint8Array) {
  const [message] = [...new MessageDecoder().push(frame)];
  if (!message) throw new Error("no whole frame");
  const payload = Buffer.from(message.body).toString();
  const { bytes, p } = JSON.parse(payload) as { bytes: string; p?: string };
  return { headers: [...message.headers], payload, p, json: Buffer.from(bytes, "base64").toString() };
}

describe("encodeNativeResponse", () => {
  it.each<[string, NativeLlamaResponse]>([
    [
      '{"generation":"\\n","prompt_token_count":10,"generation_token_count":1,"stop_reason":null}',
      { generation: "\n", promptTokenCount: 10, generationTokenCount: 1, stopReason: null },
    ],
    ['{"generation":"The","prompt_token_count":null,"generation_token_count":3,"stop_reason":null}', MIDDLE],
    [
      '{"generation":".","prompt_token_count":null,"generation_token_count":60,"stop_reason":"length","amazon-bedrock-invocationMetrics":{"inputTokenCount":10,"outputTokenCount":60,"invocationLatency":1686,"firstByteLatency":294}}',
      {
        generation: ".",
        promptTokenCount: null,
        generationTokenCount: 60,
        stopReason: "length",
        metrics: {
          firstByteLatency: 293.7,
          invocationLatency: 1686.2,
          outputTokenCount: 60,
          inputTokenCount: 10,
        },
      },
    ],
  ])("writes %s", (json, response) => {
    expect(encodeNativeResponse(response)).toBe(json);
  });
});

describe("encodeChunkFrame", () => {
  it("has the recorded headers and payload", () => {
    const { headers, payload } = open(encodeChunkFrame(MIDDLE, () => 0));
    expect(headers).toEqual([
      [":event-type", { type: "string", value: "chunk" }],
      [":content-type", { type: "string", value: "application/json" }],
      [":message-type", { type: "string", value: "event" }],
    ]);
    expect(payload).toBe(
      `{"bytes":"${Buffer.from(encodeNativeResponse(MIDDLE)).toString("base64")}","p":"ab"}`,
    );
  });

  it("pads by 2 to 61 characters, each length as likely", () => {
    for (let length = 2; length <= 61; length += 1) {
      const { p = "" } = open(encodeChunkFrame(MIDDLE, () => (length - 2) / 60));
      expect(p).toBe("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".slice(0, length));
    }
    expect(open(encodeChunkFrame(MIDDLE, () => 0.999_999)).p).toHaveLength(61);
  });

  it("leaves padding out where it's off", () => {
    expect(open(encodeChunkFrame(MIDDLE, false)).payload).toMatch(/^\{"bytes":"[^"]+"\}$/u);
  });

  it("carries any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (generation) => {
        expect(JSON.parse(open(encodeChunkFrame({ ...MIDDLE, generation })).json)).toMatchObject({
          generation,
        });
      }),
    );
  });
});
