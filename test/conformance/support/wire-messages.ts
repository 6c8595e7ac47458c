/** One message of a recorded or rebuilt stream, as bytes, and as what a person reads. */
export interface WireMessage {
  /** All of it, in Latin-1: equal where the bytes are. */
  readonly bytes: string;
  /** Its headers, in Latin-1. */
  readonly headers: string;
  /** Its payload; a chunk's inner JSON in place of its base64. */
  readonly payload: string;
}

/** Prelude and its checksum; checksum of the message. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;

/** Cuts a stream into its messages by the lengths they begin with. It's no decoder: checksums are compared with the bytes. */
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
