/** Length of the prelude: total length, headers length, CRC-32 of the two; 4 bytes each, big-endian. */
export const PRELUDE_BYTES = 12;

/** Length of each of the two checksums. */
export const CHECKSUM_BYTES = 4;

/** What a message weighs besides its headers and its body; so the smallest message there is. */
export const OVERHEAD_BYTES = PRELUDE_BYTES + CHECKSUM_BYTES;

/** The length of a name is one byte on the wire. */
export const MAX_HEADER_NAME_BYTES = 255;

/** The length of a string or of binary is two bytes on the wire, and signed in AWS's own codecs. */
export const MAX_HEADER_VALUE_BYTES = 32_767;

/**
 * 128 KiB. This and {@link MAX_BODY_BYTES} are the limits of Smithy's specification of the format
 * (https://smithy.io/2.0/aws/amazon-eventstream.html#message-format). It asks services to check them and clients not to;
 * the decoder checks them on either side, since a length that nothing bounds is memory that a peer decides on.
 */
export const MAX_HEADERS_BYTES = 128 * 1024;

/** 24 MiB. (Older codecs of AWS stop at 16; Bedrock's parts are at most 1 MB before base64.) */
export const MAX_BODY_BYTES = 24 * 1024 * 1024;
