import { MessageCorruptError } from "./errors.js";
import { MAX_HEADER_VALUE_BYTES } from "./limits.js";
import { HeaderType, type HeaderValue, type MessageHeaders } from "./message.js";
import { readUtf8 } from "./utf8.js";
import { readUuid, UUID_BYTES } from "./uuid.js";

/**
 * Decodes the headers of a message, from `start` to `end`. The result shares no memory with the message.
 *
 * @throws {MessageCorruptError} the bytes aren't valid headers.
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
      throw new MessageCorruptError("headers", `header type ${type} is unknown.`);
  }
}

function valueLength(reader: HeaderReader): number {
  const length = reader.uint16();
  if (length <= MAX_HEADER_VALUE_BYTES) return length;
  throw new MessageCorruptError(
    "headers",
    `a value is ${length} bytes long; at most ${MAX_HEADER_VALUE_BYTES} are allowed.`,
  );
}

function readTimestamp(reader: HeaderReader): Date {
  const date = new Date(Number(reader.int64()));
  // a Date holds years up to 275,760, the field a thousand times as many
  if (Number.isNaN(date.getTime())) throw new MessageCorruptError("headers", "a timestamp is out of range.");
  return date;
}

/** Reads the headers section of a message from front to back, and throws at its end. */
class HeaderReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #offset: number;

  /** @param start - where the section begins in the message @param end - where it ends */
  constructor(message: Uint8Array, start: number, end: number) {
    this.#bytes = message;
    this.#view = new DataView(message.buffer, message.byteOffset, message.byteLength);
    this.#offset = start;
    this.#end = end;
  }

  get done(): boolean {
    return this.#offset === this.#end;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  int8(): number {
    return this.#view.getInt8(this.#advance(1));
  }

  int16(): number {
    return this.#view.getInt16(this.#advance(2));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4));
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.#advance(8));
  }

  /** A view of the next `length` bytes, not a copy. */
  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  text(length: number): string {
    const start = this.#advance(length);
    try {
      return readUtf8(this.#bytes, start, this.#offset);
    } catch (cause) {
      throw new MessageCorruptError("headers", "a name or a string isn't UTF-8.", { cause });
    }
  }

  #advance(length: number): number {
    const start = this.#offset;
    if (start + length > this.#end) {
      throw new MessageCorruptError("headers", "the last header exceeds the length of the headers.");
    }
    this.#offset = start + length;
    return start;
  }
}
