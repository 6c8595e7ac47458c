/**
 * Why a request to a server got no answer, and what to do about it, for whoever runs Cria.
 *
 * @param error - undici's, or that of Node's clients for TLS and HTTP/2
 * @param url - the server's
 * @returns words to follow the server's name, to the end of the sentence
 */
export function connectionProblem(error: unknown, url: URL): string {
  const words = problemOf(error, url);
  return /[.?]$/u.test(words) ? words : `${words}.`;
}

function problemOf(error: unknown, url: URL): string {
  const inner = innermost(error);
  if (!(inner instanceof Error)) return `can't be reached: ${String(inner)}`;
  const { name, message } = inner;
  const { code = "", reason, data, socket } = inner as Details;
  if (name === "TimeoutError") return "accepts connections, but doesn't answer";
  if (NO_TLS.test(code)) return `doesn't speak TLS: write http:// instead of https:// in its URL`;
  if (UNTRUSTED.has(code)) return `has a certificate that isn't trusted (${message}). ${NAME_CA}`;
  if (code === "CERT_HAS_EXPIRED") return "has a certificate that has expired: it needs a new one";
  if (code === "CERT_NOT_YET_VALID")
    return "has a certificate that isn't valid yet. Are the clocks of both machines right?";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const [, names = message] = /.*(?:altnames|list): (.+)$/u.exec(message) ?? [];
    return `has a certificate for other names (${names}): write one of them in its URL, or give it another certificate`;
  }
  if (code.startsWith("ERR_SSL_")) return `can't be reached: TLS fails (${reason ?? code})`;
  if (code === "ENOTFOUND") return "can't be found: there is no host of this name (ENOTFOUND)";
  if (code === "EAI_AGAIN") return "can't be found: no name server answers (EAI_AGAIN)";
  if (code === "ECONNREFUSED") return `can't be reached: ${message}. Is it running, and its URL right?`;
  if (code === "UND_ERR_CONNECT_TIMEOUT") return "can't be reached: no connection was made in time";
  if (name === "HTTPParserError")
    return isTlsRecord(data) ? SPEAKS_TLS : "answers with something else than HTTP";
  if (code === "UND_ERR_SOCKET" && socket?.bytesRead === 0) {
    const advice = url.protocol === "http:" ? ". If it speaks TLS, write https:// in its URL" : "";
    return `closed the connection without an answer${advice}`;
  }
  return `can't be reached: ${message}`;
}

/** Whether an answer's words are those of a server with TLS that got a request without it: nginx, Apache, Go, Node. */
export function wantsTls(words: string): boolean {
  return /plain HTTP (?:request )?(?:was sent )?to (?:an HTTPS|HTTPS|an SSL-enabled)|HTTP request to an HTTPS/iu.test(
    words,
  );
}

/** To follow the name of a server. */
export const SPEAKS_TLS = "speaks TLS: write https:// instead of http:// in its URL";

const NAME_CA = "Name the one that signed it with ca-file=FILE (in a file, `caFile: FILE`), if you trust it";

/** What errors have besides: OpenSSL's reason, what undici couldn't parse, and its socket. */
interface Details extends Error {
  readonly code?: string;
  readonly reason?: string;
  readonly data?: unknown;
  readonly socket?: { readonly bytesRead?: number } | null;
}

/** What OpenSSL says of an answer that is no TLS. */
const NO_TLS = /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNEXPECTED_MESSAGE)$/u;

const UNTRUSTED: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** The innermost error: undici and Node wrap the system's. */
function innermost(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0]);
  return error instanceof Error && error.cause instanceof Error ? innermost(error.cause) : error;
}

/** An alert or a handshake, of any version of TLS. */
function isTlsRecord(data: unknown): boolean {
  const [type, version] = typeof data === "string" ? Buffer.from(data, "latin1") : Buffer.alloc(0);
  return (type === 0x15 || type === 0x16) && version === 3;
}
