import { HeaderReader } from "./header-reader.js";
import { HeaderType } from "./header-type.js";
import { MAX_HEADER_VALUE_BYTES } from "./limits.js";
import { MessageCorruptError } from "./message-corrupt-error.js";
import type { HeaderValue, MessageHeaders } from "./message.js";
import { readUuid, UUID_BYTES } from "./uuid.js";

/**
 * Reads a message's headers, which go from `start` to `end`. The result shares no memory with the message.
 *
 * @throws {MessageCorruptError} the bytes are no headers.
 */
export function decodeHeaders(message: Uint8Array, start: number, end: number): MessageHeaders {
  const headers = new Map<string, HeaderValue>();
  const reader = new HeaderReader(message, start, end);
  while (!reader.done) {
    const nameBytes = reader.uint8();
    if (nameBytes === 0) throw new MessageCorruptError("headers", "a header has no name.");
    const name = reader.text(nameBytes);
    if (headers.has(name)) throw new MessageCorruptError("headers", `${JSON.stringify(name)} appears twice.`);
    headers.set(name, readValue(reader));
  }
  return headers;
}

function readValue(reader: HeaderReader): HeaderValue {
  const type = reader.uint8();
  switch (type) {
    case HeaderType.true:
      return { type: "boolean", value: true };
    case HeaderType.false:
      return { type: "boolean", value: false };
    case HeaderType.byte:
      return { type: "byte", value: reader.int8() };
    case HeaderType.short:
      return { type: "short", value: reader.int16() };
    case HeaderType.integer:
      return { type: "integer", value: reader.int32() };
    case HeaderType.long:
      return { type: "long", value: reader.int64() };
    case HeaderType.binary:
      return { type: "binary", value: new Uint8Array(reader.bytes(valueLength(reader))) };
    case HeaderType.string:
      return { type: "string", value: reader.text(valueLength(reader)) };
    case HeaderType.timestamp:
      return { type: "timestamp", value: readTimestamp(reader) };
    case HeaderType.uuid:
      return { type: "uuid", value: readUuid(reader.bytes(UUID_BYTES)) };
    default:
      throw new MessageCorruptError("headers", `there is no header type ${type}.`);
  }
}

function valueLength(reader: HeaderReader): number {
  const length = reader.uint16();
  if (length <= MAX_HEADER_VALUE_BYTES) return length;
  throw new MessageCorruptError(
    "headers",
    `a value is ${length} bytes long; ${MAX_HEADER_VALUE_BYTES} are allowed.`,
  );
}

function readTimestamp(reader: HeaderReader): Date {
  const date = new Date(Number(reader.int64()));
  // a Date reaches 275,760 years, the field a thousand times as far
  if (Number.isNaN(date.getTime())) throw new MessageCorruptError("headers", "a timestamp is out of range.");
  return date;
}
