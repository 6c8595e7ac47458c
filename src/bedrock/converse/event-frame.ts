import { openTextMessage, textMessageEncoder, type MessageHeaders } from "../../event-stream/index.js";
import type { FrameCodec, OpenFrame } from "../frame-codec.js";
import { JSON_TYPE } from "../media-types.js";
import { isPaddingLength, longestPadding, padding, paddingOf, type RandomSource } from "../padding.js";
import type { EchoedMembers } from "./request-settings.js";
import { type ConverseStopReason, encodeEchoed, encodeUsage, type Usage } from "./response.js";

/** One event of ConverseStream. A text block has no `contentBlockStart` (recorded). */
export type ConverseEvent =
  | { readonly type: "messageStart" }
  | { readonly type: "contentBlockDelta"; readonly text: string }
  | { readonly type: "contentBlockStop" }
  | {
      readonly type: "messageStop";
      readonly stopReason: ConverseStopReason;
      /** As {@link ConverseResponse.additionalFields}. */
      readonly additionalFields?: object | undefined;
    }
  | {
      readonly type: "metadata";
      readonly usage: Usage;
      readonly latencyMs: number;
      readonly echoed?: EchoedMembers;
    };

const ENCODERS = {
  messageStart: encoderOf("messageStart"),
  contentBlockDelta: encoderOf("contentBlockDelta"),
  contentBlockStop: encoderOf("contentBlockStop"),
  messageStop: encoderOf("messageStop"),
  metadata: encoderOf("metadata"),
};

/**
 * Encodes an event's frame: JSON with sorted keys, including the padding (recorded).
 *
 * @param random - the random source for the length of the padding; false leaves `p` out
 */
export function encodeEventFrame(
  event: ConverseEvent,
  random: RandomSource | false = Math.random,
): Uint8Array {
  return ENCODERS[event.type](payload(event, random && padding(random)));
}

/** The codec for one stream of ConverseStream. A frame opened before its event is known is a `contentBlockDelta`. */
export function eventFrames(random: RandomSource | false): FrameCodec<ConverseEvent> {
  return {
    encode: (event) => encodeEventFrame(event, random),
    open: () => openDeltaFrame(random),
  };
}

/** The start of every `contentBlockDelta` payload. */
const DELTA_START = `{"contentBlockIndex":0,"delta":{"text":"`;

const utf8 = new TextEncoder();

/** An open frame is as long as an empty text with the longest padding: no delta is shorter, and up to 59 bytes of text fit. */
function openDeltaFrame(random: RandomSource | false): OpenFrame<ConverseEvent> {
  const whole = payload({ type: "contentBlockDelta", text: "" }, random && longestPadding);
  const { start, finish } = openTextMessage(headersOf("contentBlockDelta"), DELTA_START, whole.length);
  return {
    start,
    fill(event) {
      if (event.type !== "contentBlockDelta") return undefined;
      // without padding there is never room
      const room = whole.length - utf8.encode(payload(event, "")).length;
      return isPaddingLength(room)
        ? finish(payload(event, paddingOf(room)).slice(DELTA_START.length))
        : undefined;
    },
    finishEmpty: () => finish(whole.slice(DELTA_START.length)),
  };
}

/** @param padded - the padding; false for none */
function payload(event: ConverseEvent, padded: string | false): string {
  const p = padded === false ? "" : `"p":"${padded}"`;
  switch (event.type) {
    case "messageStart":
      return object(p, `"role":"assistant"`);
    case "contentBlockDelta":
      return object(`"contentBlockIndex":0,"delta":{"text":${JSON.stringify(event.text)}}`, p);
    case "contentBlockStop":
      return object(`"contentBlockIndex":0`, p);
    case "messageStop": {
      const { stopReason, additionalFields } = event;
      const fields = additionalFields
        ? `"additionalModelResponseFields":${JSON.stringify(additionalFields)}`
        : "";
      return object(fields, p, `"stopReason":"${stopReason}"`);
    }
    case "metadata": {
      const metrics = `"metrics":{"latencyMs":${Math.round(event.latencyMs)}}`;
      return object(metrics, p, ...encodeEchoed(event.echoed), `"usage":${encodeUsage(event.usage)}`);
    }
  }
}

function object(...members: readonly string[]): string {
  return `{${members.filter((member) => member !== "").join(",")}}`;
}

function encoderOf(type: ConverseEvent["type"]): (body: string) => Uint8Array {
  return textMessageEncoder(headersOf(type));
}

/** In the order and with the types Bedrock sends (recorded). */
function headersOf(type: ConverseEvent["type"]): MessageHeaders {
  return new Map([
    [":event-type", { type: "string", value: type }],
    [":content-type", { type: "string", value: JSON_TYPE }],
    [":message-type", { type: "string", value: "event" }],
  ]);
}
