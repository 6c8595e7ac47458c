/** One message of a recorded or rebuilt stream, as bytes and in readable form. */
export interface WireMessage {
  /** The whole message in Latin-1: equal if the bytes are equal. */
  readonly bytes: string;
  /** Its headers, in Latin-1. */
  readonly headers: string;
  /** Its payload; a chunk's inner JSON in place of its base64. */
  readonly payload: string;
}

/** Prelude and its checksum; checksum of the message. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;

/** Splits a stream into messages by their length prefix. It doesn't decode them: checksums are compared as bytes. */
export function cutMessages(body: Buffer): readonly WireMessage[] {
  const messages: WireMessage[] = [];
  for (let at = 0; at < body.length;) {
    const message = body.subarray(at, at + body.readUInt32BE(at));
    const payloadAt = PRELUDE_BYTES + message.readUInt32BE(4);
    messages.push({
      bytes: message.toString("latin1"),
      headers: message.toString("latin1", PRELUDE_BYTES, payloadAt),
      payload: readable(message.toString("utf8", payloadAt, message.length - CHECKSUM_BYTES)),
    });
    at += message.length;
  }
  return messages;
}

function readable(payload: string): string {
  return payload.replace(/(?<="bytes":")[^"]*/u, (bytes) => Buffer.from(bytes, "base64").toString());
}
