/** What comes off the wire is bytes, one a character; text from elsewhere becomes the bytes that it would be sent as. */
function toByteString(text: string): string {
  return /^[\x00-\xff]*$/u.test(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/** The bytes of a text that came off the wire. */
export function toBytes(text: string): Buffer {
  return Buffer.from(toByteString(text), "latin1");
}

/** Percent-encodes each byte but the unreserved (RFC 3986, 2.3), in capitals: the only form that a signature knows. */
export function uriEncode(text: string): string {
  return toByteString(text).replaceAll(
    /[^A-Za-z0-9\-._~]/gu,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** Undoes {@link uriEncode}, to one character a byte. What is no escape stays as it is; a plus is a plus. */
export function uriDecode(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/giu, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
