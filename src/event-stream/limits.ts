/** Length of the prelude: total length, headers length, CRC-32 of the two; 4 bytes each, big-endian. */
export const PRELUDE_BYTES = 12;

/** Length of each of the two checksums. */
export const CHECKSUM_BYTES = 4;

/** The length of a message without headers and body, the smallest possible. */
export const OVERHEAD_BYTES = PRELUDE_BYTES + CHECKSUM_BYTES;

/** The length of a name is encoded in one byte. */
export const MAX_HEADER_NAME_BYTES = 255;

/** The length of a string or of binary is encoded in two bytes, which AWS's own codecs read as signed. */
export const MAX_HEADER_VALUE_BYTES = 32_767;

/**
 * 128 KiB. This and {@link MAX_BODY_BYTES} are the limits in Smithy's specification of the format
 * (https://smithy.io/2.0/aws/amazon-eventstream.html#message-format). It asks services to check them and clients not to. The
 * decoder always checks them: without a limit, the peer decides how much memory a message takes.
 */
export const MAX_HEADERS_BYTES = 128 * 1024;

/** 24 MiB. Older AWS codecs stop at 16 MiB. A payload part of Bedrock has at most 1 MB before base64. */
export const MAX_BODY_BYTES = 24 * 1024 * 1024;
