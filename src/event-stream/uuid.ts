const PATTERN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The length of a UUID on the wire. */
export const UUID_BYTES = 16;

export function isUuid(text: string): boolean {
  return PATTERN.test(text);
}

/** Writes a UUID's 16 bytes at `offset`. */
export function writeUuid(uuid: string, target: Uint8Array, offset: number): void {
  const digits = uuid.replaceAll("-", "");
  for (let index = 0; index < UUID_BYTES; index++) {
    target[offset + index] = Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16);
  }
}

/** Reads 16 bytes as a UUID in lower case. */
export function readUuid(bytes: Uint8Array): string {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
