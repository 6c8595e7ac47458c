import { InvalidHeaderError } from "./errors.js";
import { MAX_HEADER_NAME_BYTES, MAX_HEADER_VALUE_BYTES } from "./limits.js";
import { HeaderType, type HeaderValue, type MessageHeaders } from "./message.js";
import { utf8Length, writeUtf8 } from "./utf8.js";
import { isUuid, UUID_BYTES, writeUuid } from "./uuid.js";

/**
 * The length of the headers on the wire, in bytes.
 *
 * @throws {InvalidHeaderError} the format can't represent a name or a value.
 */
export function headersLength(headers: MessageHeaders): number {
  let bytes = 0;
  for (const [name, header] of headers) {
    const nameBytes = utf8Length(name);
    if (nameBytes < 1 || nameBytes > MAX_HEADER_NAME_BYTES) {
      throw new InvalidHeaderError(
        name,
        `a name of ${nameBytes} bytes; 1 to ${MAX_HEADER_NAME_BYTES} are allowed`,
      );
    }
    bytes += 1 + nameBytes + 1 + valueLength(name, header);
  }
  return bytes;
}

/** Writes headers that {@link headersLength} has accepted, starting at `offset`. */
export function writeHeaders(
  headers: MessageHeaders,
  target: Uint8Array,
  view: DataView,
  offset: number,
): void {
  for (const [name, header] of headers) {
    const end = writeUtf8(name, target, offset + 1);
    target[offset] = end - offset - 1;
    offset = writeValue(header, target, view, end);
  }
}

function valueLength(name: string, header: HeaderValue): number {
  switch (header.type) {
    case "boolean":
      return 0;
    case "byte":
      return integerLength(name, header.value, 1);
    case "short":
      return integerLength(name, header.value, 2);
    case "integer":
      return integerLength(name, header.value, 4);
    case "long":
      if (BigInt.asIntN(64, header.value) === header.value) return 8;
      throw new InvalidHeaderError(name, "a long that doesn't fit into 64 bits");
    case "binary":
      return 2 + boundedLength(name, header.value.length);
    case "string":
      return 2 + boundedLength(name, utf8Length(header.value));
    case "timestamp":
      if (!Number.isNaN(header.value.getTime())) return 8;
      throw new InvalidHeaderError(name, "an invalid date as its timestamp");
    case "uuid":
      if (isUuid(header.value)) return UUID_BYTES;
      throw new InvalidHeaderError(name, "a value that isn't a UUID");
  }
}

function integerLength(name: string, value: number, bytes: 1 | 2 | 4): number {
  const bound = 2 ** (8 * bytes - 1);
  if (Number.isInteger(value) && value >= -bound && value < bound) return bytes;
  throw new InvalidHeaderError(name, `the value ${value}, which is not an integer of ${8 * bytes} bits`);
}

function boundedLength(name: string, bytes: number): number {
  if (bytes <= MAX_HEADER_VALUE_BYTES) return bytes;
  throw new InvalidHeaderError(
    name,
    `a value of ${bytes} bytes; at most ${MAX_HEADER_VALUE_BYTES} are allowed`,
  );
}

function writeValue(header: HeaderValue, target: Uint8Array, view: DataView, offset: number): number {
  if (header.type === "boolean") {
    target[offset] = header.value ? HeaderType.true : HeaderType.false;
    return offset + 1;
  }
  target[offset++] = HeaderType[header.type];
  switch (header.type) {
    case "byte":
      view.setInt8(offset, header.value);
      return offset + 1;
    case "short":
      view.setInt16(offset, header.value);
      return offset + 2;
    case "integer":
      view.setInt32(offset, header.value);
      return offset + 4;
    case "long":
      view.setBigInt64(offset, header.value);
      return offset + 8;
    case "binary":
      view.setUint16(offset, header.value.length);
      target.set(header.value, offset + 2);
      return offset + 2 + header.value.length;
    case "string": {
      const end = writeUtf8(header.value, target, offset + 2);
      view.setUint16(offset, end - offset - 2);
      return end;
    }
    case "timestamp":
      view.setBigInt64(offset, BigInt(header.value.getTime()));
      return offset + 8;
    case "uuid":
      writeUuid(header.value, target, offset);
      return offset + UUID_BYTES;
  }
}
