import { openHttp1 } from "./http1-client.mjs";
import { openHttp2 } from "./http2-client.mjs";

/** Cria's limit for one connection. */
const STREAMS_A_CONNECTION = 100;

/**
 * Opens connections for a number of concurrent streams.
 *
 * @param requestOf - the path and the body for a prompt, over HTTP/1.1. @default Bedrock's
 * @returns a connection for each stream, which makes one request after another
 */
export async function openStreams(protocol, port, streams, requestOf) {
  if (protocol === "http1")
    return Promise.all(Array.from({ length: streams }, () => openHttp1(port, requestOf)));
  const connections = await Promise.all(
    Array.from({ length: Math.ceil(streams / STREAMS_A_CONNECTION) }, () => openHttp2(port)),
  );
  return Array.from({ length: streams }, (_, i) => connections[i % connections.length]);
}
