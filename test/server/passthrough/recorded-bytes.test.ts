import { readdirSync } from "node:fs";

import { beforeEach, describe, expect, test } from "vitest";

import { sendHttp1, sendHttp2 } from "../support/http.js";
import { readRecording, type Recording } from "../support/recording.js";
import { recordedExchanges } from "../../conformance/support/recorded-exchanges.js";
import { KEYS, MODEL, startAmazon, startFront, stubAws } from "./support/amazon.js";

const names = readdirSync(new URL("../../fixtures/recordings", import.meta.url))
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.replace(".json", ""));

/** The recordings of whole answers with all of their headers, in their order and case. */
const whole = recordedExchanges.filter(({ recorder }) => recorder.headerCase && recorder.headerOrder);

/** Streams, whose every byte is on record. */
const streams = names.filter((name) => name.includes("stream") && !name.includes("invalid"));

beforeEach(() => stubAws(KEYS));

/** Plays a recorded answer, its body in pieces of so many bytes. */
async function player({ response: { status, headers, body } }: Recording, pieceBytes: number) {
  return startAmazon((response) => {
    response.sendDate = false;
    response.writeHead(status, headers.flat());
    for (let at = 0; at < body.length; at += pieceBytes) response.write(body.subarray(at, at + pieceBytes));
    response.end();
  });
}

const pathOf = ({ request }: Recording) =>
  request.path.replace(/(?<=^\/model\/)[^/]+/u, encodeURIComponent(MODEL));

/** The longest body that is played in pieces of one byte. */
const SHORT_BYTES = 20_000;

describe.each([1, 7, Infinity])("an answer that comes in pieces of %s bytes", (pieceBytes) => {
  const played = streams.filter(
    (name) => pieceBytes > 1 || readRecording(name).response.body.length < SHORT_BYTES,
  );

  test.each(played)("is passed on to the byte: %s", async (name) => {
    const recording = readRecording(name);
    const amazon = await player(recording, pieceBytes);
    // a frame of Cria's own would be begun after a silence of 1 ms
    const { server, lines } = await startFront(amazon.url, { limits: { silenceMs: 1 } });
    for (const send of [sendHttp1, sendHttp2]) {
      const { body, status } = await send(server.url, pathOf(recording), { body: recording.request.body });
      expect(status).toBe(200);
      expect(body.equals(recording.response.body)).toBe(true);
    }
    expect(amazon.received.map(({ body }) => body.toString())).toEqual([
      recording.request.body,
      recording.request.body,
    ]);
    expect(lines).toMatchObject([{ status: 200 }, { status: 200 }]);
  });
});

test.each(whole.map(({ name }) => name))(
  "head and body are passed on, in their order and case: %s",
  async (name) => {
    const recording = readRecording(name);
    const amazon = await player(recording, Infinity);
    const { server } = await startFront(amazon.url);
    const answer = await sendHttp1(server.url, pathOf(recording), { body: recording.request.body });
    expect(answer.status).toBe(recording.response.status);
    expect(answer.headers).toEqual(recording.response.headers);
    expect(answer.body.equals(recording.response.body)).toBe(true);
  },
);

test("a silence within a frame is filled with nothing", async () => {
  const { response, request } = readRecording("llama3-8b.invoke-with-response-stream");
  const { body } = response;
  const amazon = await startAmazon(async (answer) => {
    answer.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
    answer.write(body.subarray(0, 300));
    await new Promise((resolve) => setTimeout(resolve, 500));
    answer.end(body.subarray(300));
  });
  const { server, lines } = await startFront(amazon.url, { limits: { silenceMs: 1 } });
  const path = `/model/${MODEL}/invoke-with-response-stream`;
  const got = await sendHttp1(server.url, path, { body: request.body });
  expect(got.body.equals(body)).toBe(true);
  // what the last frame says
  expect(lines).toMatchObject([
    {
      answeredBy: "Amazon Bedrock us-west-2",
      standIn: false,
      promptTokens: 23,
      generatedTokens: expect.any(Number) as number,
    },
  ]);
});
