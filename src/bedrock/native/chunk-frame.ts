import { type MessageHeaders, openTextMessage, textMessageEncoder } from "../../event-stream/index.js";
import { encodeBase64 } from "../base64.js";
import type { FrameCodec, OpenFrame } from "../frame-codec.js";
import { JSON_TYPE } from "../media-types.js";
import { isPaddingLength, longestPadding, padding, paddingOf, type RandomSource } from "../padding.js";
import { encodeNativeResponse, type NativeLlamaResponse } from "./response.js";

/** In the order and with the types Bedrock sends (recorded). */
const HEADERS: MessageHeaders = new Map([
  [":event-type", { type: "string", value: "chunk" }],
  [":content-type", { type: "string", value: JSON_TYPE }],
  [":message-type", { type: "string", value: "event" }],
]);

const encode = textMessageEncoder(HEADERS);

/** The start of every chunk's payload. The JSON in it has 15 bytes, a multiple of 3, so its base64 ends on the same byte. */
const START = `{"bytes":"${encodeBase64('{"generation":"')}`;

/**
 * Encodes the frame of one token of InvokeModelWithResponseStream.
 *
 * @param random - the random source for the length of the padding; false leaves `p` out, as Bedrock did before late 2024
 */
export function encodeChunkFrame(
  chunk: NativeLlamaResponse,
  random: RandomSource | false = Math.random,
): Uint8Array {
  return encode(payload(chunk, random && padding(random)));
}

/**
 * The codec for one stream of InvokeModelWithResponseStream. Only the first frame carries the prompt's token count.
 *
 * @param random - as in {@link encodeChunkFrame}
 * @param emptyChunk - returns the chunk for a frame without a token, with the counts so far
 */
export function chunkFrames(
  random: RandomSource | false,
  emptyChunk: () => NativeLlamaResponse,
): FrameCodec<NativeLlamaResponse> {
  let first = true;
  const withoutRepeatedPromptCount = (chunk: NativeLlamaResponse) =>
    first || chunk.promptTokenCount === null ? chunk : { ...chunk, promptTokenCount: null };
  return {
    encode(chunk) {
      const frame = encodeChunkFrame(withoutRepeatedPromptCount(chunk), random);
      first = false;
      return frame;
    },
    open() {
      const frame = openChunkFrame(withoutRepeatedPromptCount(emptyChunk()), random);
      return {
        start: frame.start,
        fill(chunk) {
          const rest = frame.fill(withoutRepeatedPromptCount(chunk));
          if (rest) first = false;
          return rest;
        },
        finishEmpty() {
          first = false;
          return frame.finishEmpty();
        },
      };
    },
  };
}

/** An open frame is as long as an empty chunk with the longest padding: no chunk is shorter, and about 42 bytes of text fit. */
function openChunkFrame(
  empty: NativeLlamaResponse,
  random: RandomSource | false,
): OpenFrame<NativeLlamaResponse> {
  const whole = payload(empty, random && longestPadding);
  const { start, finish } = openTextMessage(HEADERS, START, whole.length);
  return {
    start,
    fill(chunk) {
      // base64 and padding are ASCII, so characters are bytes; without padding there is never room
      const room = whole.length - payload(chunk, "").length;
      return isPaddingLength(room) ? finish(payload(chunk, paddingOf(room)).slice(START.length)) : undefined;
    },
    finishEmpty: () => finish(whole.slice(START.length)),
  };
}

/** @param p - the padding; false for none */
function payload(chunk: NativeLlamaResponse, p: string | false): string {
  const tail = p === false ? "" : `,"p":"${p}"`;
  return `{"bytes":"${encodeBase64(encodeNativeResponse(chunk))}"${tail}}`;
}
