import { MessageDecoder } from "../../../src/event-stream/index.js";

/** One decoded frame of a response stream. */
export interface Frame {
  /** `chunk`, or an exception's type. */
  readonly type: string;
  /** A chunk's native JSON, as sent; an exception's payload. */
  readonly json: string;
  /** The padding; undefined if there is none. */
  readonly p: string | undefined;
}

/** Decodes the frames of a whole body. Throws if the body ends inside a frame. */
export function readFrames(body: Uint8Array): Frame[] {
  const decoder = new MessageDecoder();
  const messages = [...decoder.push(body)];
  decoder.finish();
  return messages.map(({ headers, body: payload }) => {
    const text = Buffer.from(payload).toString();
    const exception = headers.get(":exception-type")?.value;
    if (typeof exception === "string") return { type: exception, json: text, p: undefined };
    const { bytes, p } = JSON.parse(text) as { bytes: string; p?: string };
    return {
      type: String(headers.get(":event-type")?.value),
      json: Buffer.from(bytes, "base64").toString(),
      p,
    };
  });
}

/** A native chunk, as on the wire. */
export interface WireChunk {
  readonly generation: string;
  readonly prompt_token_count: number | null;
  readonly generation_token_count: number;
  readonly stop_reason: string | null;
  readonly "amazon-bedrock-invocationMetrics"?: Readonly<Record<string, number>>;
}

/** The chunks of a whole body. */
export function readChunks(body: Uint8Array): WireChunk[] {
  return readFrames(body).map(({ json }) => JSON.parse(json) as WireChunk);
}

/** The events of a Converse stream, without their padding. */
export function readEvents(body: Uint8Array): Frame[] {
  const decoder = new MessageDecoder();
  const messages = [...decoder.push(body)];
  decoder.finish();
  return messages.map(({ headers, body: payload }) => {
    const text = Buffer.from(payload).toString();
    const type = headers.get(":exception-type") ?? headers.get(":event-type");
    const p = /"p":"(?<p>[a-zA-Z0-9]*)"/u.exec(text)?.groups?.["p"];
    return {
      type: String(type?.value),
      json: text.replace(/"p":"[a-zA-Z0-9]*",?|,"p":"[a-zA-Z0-9]*"(?=\})/u, ""),
      p,
    };
  });
}
