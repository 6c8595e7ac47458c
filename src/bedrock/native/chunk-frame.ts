import { textMessageEncoder } from "../../event-stream/index.js";
import { encodeBase64 } from "../base64.js";
import { JSON_TYPE } from "../media-types.js";
import { padding, type RandomSource } from "../padding.js";
import { encodeNativeResponse, type NativeLlamaResponse } from "./response.js";

/** In the order and with the types Bedrock sends (recorded). */
const encode = textMessageEncoder(
  new Map([
    [":event-type", { type: "string", value: "chunk" }],
    [":content-type", { type: "string", value: JSON_TYPE }],
    [":message-type", { type: "string", value: "event" }],
  ]),
);

/**
 * One token's frame of InvokeModelWithResponseStream.
 *
 * @param random - where the length of the padding comes from; false leaves `p` out, as Bedrock did before late 2024
 */
export function encodeChunkFrame(
  chunk: NativeLlamaResponse,
  random: RandomSource | false = Math.random,
): Uint8Array {
  const p = random ? `,"p":"${padding(random)}"` : "";
  return encode(`{"bytes":"${encodeBase64(encodeNativeResponse(chunk))}"${p}}`);
}
