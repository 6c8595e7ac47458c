import type { Header } from "../transport/index.js";

/** Headers of a request that Bedrock's API knows, besides {@link BEDROCK_PREFIX}; the last one is every AWS service's. */
const KNOWN: ReadonlySet<string> = new Set(["accept", "content-type", "x-amzn-trace-id"]);

/** What the API's own headers begin with: guardrail, trace, latency, service tier, metadata, and what Amazon may add. */
const BEDROCK_PREFIX = "x-amzn-bedrock-";

/** A request's headers, as far as they are needed here. */
export interface ReceivedHeaders {
  /** In lower case. */
  readonly headerNames: readonly string[];
  headerValues(name: string): readonly string[];
}

/** The headers that go to Amazon: none that are about the caller, its credentials or its connection. */
export function headersToPass(request: ReceivedHeaders): readonly Header[] {
  return request.headerNames
    .filter((name) => KNOWN.has(name) || name.startsWith(BEDROCK_PREFIX))
    .flatMap((name) => request.headerValues(name).map((value) => [name, value] as const));
}

/** Headers about one connection (RFC 9110, 7.6.1), which this server has its own of. */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
]);

/** Headers by which a server tells browsers about its own name. They would be taken for this server's. */
const OF_ORIGIN =
  /^(?:access-control-.*|alt-svc|clear-site-data|set-cookie|strict-transport-security|public-key-pins)$/u;

/**
 * The headers that come back, in their order and case, those about the connection in this server's own words.
 *
 * @param headers - as received
 */
export function headersToReturn(headers: readonly Header[]): readonly Header[] {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const listed = headers
    .filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) =>
      value
        .toLowerCase()
        .split(",")
        .map((each) => each.trim()),
    );
  const kept = headers
    .filter(([name]) => {
      const lower = name.toLowerCase();
      if (lower === "connection" || lower === "transfer-encoding") return true;
      return !OF_CONNECTION.has(lower) && !OF_ORIGIN.test(lower) && !listed.includes(lower);
    })
    .map(([name, value]): Header => {
      const lower = name.toLowerCase();
      if (lower === "connection") return KEEP_ALIVE;
      return lower === "transfer-encoding" ? CHUNKED : [name, value];
    });
  const isFramed = names.has("content-length") || names.has("transfer-encoding");
  return [...kept, ...(isFramed ? [] : [CHUNKED]), ...(names.has("connection") ? [] : [KEEP_ALIVE])];
}

const KEEP_ALIVE: Header = ["Connection", "keep-alive"];
const CHUNKED: Header = ["Transfer-Encoding", "chunked"];

/** A header's value. @param name - in lower case */
export function valueOf(headers: readonly Header[], name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}
