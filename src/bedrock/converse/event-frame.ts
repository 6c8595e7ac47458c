import { textMessageEncoder } from "../../event-stream/index.js";
import { JSON_TYPE } from "../media-types.js";
import { padding, type RandomSource } from "../padding.js";
import { sortedUsage, type ConverseStopReason, type Usage } from "./response.js";

/** One event of ConverseStream. A text's block has no `contentBlockStart` (recorded). */
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
  | { readonly type: "metadata"; readonly usage: Usage; readonly latencyMs: number };

const ENCODERS = {
  messageStart: encoderOf("messageStart"),
  contentBlockDelta: encoderOf("contentBlockDelta"),
  contentBlockStop: encoderOf("contentBlockStop"),
  messageStop: encoderOf("messageStop"),
  metadata: encoderOf("metadata"),
};

/**
 * One event's frame: JSON with its keys sorted, the padding among them (recorded).
 *
 * @param random - where the length of the padding comes from; false leaves `p` out
 */
export function encodeEventFrame(
  event: ConverseEvent,
  random: RandomSource | false = Math.random,
): Uint8Array {
  const p = random ? `"p":"${padding(random)}"` : "";
  return ENCODERS[event.type](payload(event, p));
}

/** @param p - the padding's key and value, or "" */
function payload(event: ConverseEvent, p: string): string {
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
      return object(metrics, p, `"usage":${JSON.stringify(sortedUsage(event.usage))}`);
    }
  }
}

function object(...members: readonly string[]): string {
  return `{${members.filter((member) => member !== "").join(",")}}`;
}

/** In the order and with the types Bedrock sends (recorded). */
function encoderOf(type: string): (body: string) => Uint8Array {
  return textMessageEncoder(
    new Map([
      [":event-type", { type: "string", value: type }],
      [":content-type", { type: "string", value: JSON_TYPE }],
      [":message-type", { type: "string", value: "event" }],
    ]),
  );
}
