import { describe, expect, it } from "vitest";

import { readFrames } from "./support/frames.js";
import { protocols, sendHttp1 } from "./support/http.js";
import { readRecording, scriptOf, type Recording } from "./support/recording.js";
import { startServer } from "./support/start.js";

/** What differs from one exchange to the next, wherever it is. */
function withoutTimes(json: string): string {
  return json.replaceAll(/"(invocationLatency|firstByteLatency)":\d+/gu, '"$1":0');
}

/** The recorded lengths of the padding, in turn, from the source of randomness. */
function recordedPadding(recording: Recording): (() => number) | false {
  const lengths = readFrames(recording.response.body).map(({ p }) => p?.length);
  if (lengths.includes(undefined)) return false;
  return () => ((lengths.shift() ?? 0) - 2 + 0.5) / 60;
}

/** The bytes of each message, cut by the length each begins with. */
function cut(body: Buffer): string[] {
  const messages: string[] = [];
  for (let at = 0; at < body.length; at += body.readUInt32BE(at)) {
    messages.push(body.subarray(at, at + body.readUInt32BE(at)).toString("latin1"));
  }
  return messages;
}

describe.each([
  ["llama2-13b-chat.invoke-with-response-stream", "meta.llama2-13b-chat-v1", "always"],
  ["llama3-8b.invoke-with-response-stream", "meta.llama3-8b-instruct-v1:0", "never"],
])("%s", (name, as, bos) => {
  it.each(protocols)("is what %s sends, byte for byte", async (protocol, send) => {
    const recording = readRecording(name);
    const { server, engine } = await startServer(scriptOf(recording), {
      as,
      padding: recordedPadding(recording),
    });
    const { path, body } = recording.request;
    const response = await send(server.url, path, { body });

    expect(response.status).toBe(200);
    expect(engine.requests).toMatchObject([{ prompt: (JSON.parse(body) as { prompt: string }).prompt, bos }]);
    const [recorded, sent] = [readFrames(recording.response.body), readFrames(response.body)];
    expect(sent.map(({ p }) => p)).toEqual(recorded.map(({ p }) => p));
    expect(sent.map(({ json }) => withoutTimes(json))).toEqual(
      recorded.map(({ json }) => withoutTimes(json)),
    );
    // the last frame's checksum covers its latencies
    expect(cut(response.body).slice(0, -1)).toEqual(cut(recording.response.body).slice(0, -1));
    const names = response.headers.map(([header]) => header).filter((header) => !header.startsWith(":"));
    expect(names).toEqual(
      protocol === "HTTP/1.1"
        ? [
            "Date",
            "Content-Type",
            "Transfer-Encoding",
            "Connection",
            "x-amzn-RequestId",
            "X-Amzn-Bedrock-Content-Type",
          ]
        : ["date", "content-type", "x-amzn-requestid", "x-amzn-bedrock-content-type"],
    );
    for (const [header, value] of recording.response.headers) {
      if (/^(?:date|x-amzn-requestid)$/iu.test(header)) continue;
      const inBody = /^(?:transfer-encoding|connection)$/iu.test(header) && protocol === "HTTP/2";
      expect(response.header(header.toLowerCase()), header).toBe(inBody ? undefined : value);
    }
  });
});

it("answers InvokeModel as recorded", async () => {
  const recording = readRecording("llama2-13b-chat.invoke");
  const { generation } = JSON.parse(recording.response.body.toString()) as { generation: string };
  // 60 tokens whose text joins to the recorded one: all characters but the last ones in one token each
  const tokens = [...Array.from({ length: 59 }, (_, i) => generation.charAt(i)), generation.slice(59)];
  const { server } = await startServer({ tokens, stopReason: "length", promptTokens: 10 });
  const response = await sendHttp1(server.url, recording.request.path, { body: recording.request.body });

  expect(response.body.toString()).toBe(recording.response.body.toString());
  expect(response.headers.map(([name]) => name)).toEqual([
    "Date",
    "Content-Type",
    "Content-Length",
    "Connection",
    "x-amzn-RequestId",
    "X-Amzn-Bedrock-Invocation-Latency",
    "X-Amzn-Bedrock-Output-Token-Count",
    "X-Amzn-Bedrock-Input-Token-Count",
  ]);
  for (const [name, value] of recording.response.headers) {
    if (!/^(?:date|x-amzn-requestid|x-amzn-bedrock-invocation-latency)$/iu.test(name)) {
      expect(response.header(name.toLowerCase()), name).toBe(value);
    }
  }
});

it("refuses an unknown model id as recorded", async () => {
  const recording = readRecording("invalid-model-id.converse-stream");
  const { server } = await startServer({ tokens: [] });
  const path = recording.request.path.replace(/converse-stream$/u, "invoke-with-response-stream");
  const response = await sendHttp1(server.url, path, { body: recording.request.body });

  expect(response.status).toBe(recording.response.status);
  expect(response.body.toString()).toBe(recording.response.body.toString());
  const fixed = (headers: Recording["response"]["headers"]) =>
    headers.map(([name, value]) => (/^(?:date|x-amzn-requestid)$/iu.test(name) ? [name] : [name, value]));
  expect(fixed(response.headers)).toEqual(fixed(recording.response.headers));
});
