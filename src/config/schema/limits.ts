import { MAX_BODY_BYTES } from "../../bedrock/index.js";
import { MAX_BYTES, MAX_CONNECTIONS, MAX_HEADER_BYTES, MAX_REQUESTS, MIN_HEADER_BYTES } from "../bounds.js";
import { bytes, type JsonSchema, milliseconds, section, whole } from "./parts.js";

/** `ServerLimits`, with the server's own defaults; a test holds them together. */
export const limits: JsonSchema = section(
  {
    bodyBytes: bytes(1_024, MAX_BYTES, MAX_BODY_BYTES, "Bytes of a request body."),
    bodyBytesInAll: bytes(1_024, MAX_BYTES, 256_000_000, "Bytes of request bodies in memory at once."),
    headerBytes: bytes(
      MIN_HEADER_BYTES,
      MAX_HEADER_BYTES,
      16_384,
      "Bytes in the headers of one request. Not changed while the server runs.",
    ),
    connections: whole(1, MAX_CONNECTIONS, { default: 512, description: "Connections at once." }),
    streamsPerConnection: whole(1, MAX_REQUESTS, {
      default: 100,
      description: "Requests at once on one HTTP/2 connection.",
    }),
    requests: whole(1, MAX_REQUESTS, {
      default: 2_048,
      description: "Requests at once, over all connections; further ones get a ThrottlingException.",
    }),
    slotless: whole(1, MAX_REQUESTS, {
      default: 1_024,
      description: "Requests at once that are only refused, or ask for the server's health.",
    }),
    prefaceMs: milliseconds(1_000, 60_000, "Time for a new connection to show which protocol it speaks."),
    handshakeMs: milliseconds(1_000, 10_000, "Time for a TLS handshake."),
    headersMs: milliseconds(1_000, 20_000, "Time for the headers of a request."),
    requestMs: milliseconds(1_000, 100_000, "Time for a whole request."),
    idleMs: milliseconds(1_000, 75_000, "Time after which a connection without a request is closed."),
    readerLagBytes: bytes(
      1_024,
      MAX_BYTES,
      65_536,
      "Unread bytes of an answer at which its generation pauses.",
    ),
    stallMs: milliseconds(1_000, 60_000, "Time after which a client that reads nothing is disconnected."),
    giveWayMs: milliseconds(
      100,
      5_000,
      "Time after which a paused generation gives way to a request that waits.",
    ),
    drainBytes: bytes(
      0,
      MAX_BYTES,
      67_108_864,
      "Bytes of an unread body that are read, so that its sender reads the answer.",
    ),
    drainMs: milliseconds(100, 5_000, "Time without a byte after which no more are read."),
    startMs: milliseconds(
      100,
      20_000,
      "Time that a request may wait for a model, for memory and for its turn.",
    ),
    documentMs: milliseconds(100, 10_000, "Time for reading the documents of a request."),
    silenceMs: milliseconds(100, 1_500, "Time without a byte after which a stream begins its next frame."),
    lastFrameMs: milliseconds(
      0,
      100,
      "Delay between a stream's last frame and its end, where the client closes the connection.",
    ),
  },
  "Limits of the server. Those for the use of one connection hold for new connections.",
);
