import type { Socket } from "node:net";

/** The protocol that a connection's first bytes show. */
export type SniffedProtocol = "TLS" | "HTTP/2" | "HTTP/1.1";

/** The first bytes of an HTTP/2 client with prior knowledge (RFC 9113, 3.3 and 3.4). */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** The first byte of every TLS connection: a handshake record (RFC 8446, 5.1). No HTTP request starts with it. */
const TLS_HANDSHAKE = 0x16;

/** The answer to a client that sends nothing for too long; Node's own is the same. */
const TIMED_OUT = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n";

/**
 * Detects a connection's protocol from its first bytes, and puts the bytes back. Anything that is neither TLS nor an HTTP/2 preface
 * counts as HTTP/1.1, whose parser rejects garbage.
 *
 * The bytes are put back only once the protocol is known: earlier they would be read again at once, in an endless loop.
 */
export function sniffProtocol(
  socket: Socket,
  prefaceMs: number,
  onProtocol: (protocol: SniffedProtocol) => void,
): void {
  let seen: Buffer = Buffer.alloc(0);
  let settled = false;
  const settle = () => {
    settled = true;
    clearTimeout(timer);
    socket.off("data", onData).off("end", onEnd).off("error", onError).off("close", settle);
  };
  const onData = (chunk: Buffer) => {
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const protocol = protocolOf(seen);
    if (protocol === undefined) return;
    settle();
    socket.pause();
    socket.unshift(seen);
    onProtocol(protocol);
  };
  // a client that closes after nothing or half a preface gets no answer
  const onEnd = () => socket.destroy();
  const onError = () => socket.destroy();
  const onSilence = () => {
    if (settled) return;
    settle();
    socket.on("error", onError);
    socket.end(TIMED_OUT, () => socket.destroy());
  };
  // setImmediate: after a busy spell the timer fires late, and the bytes that arrived meanwhile are read before this runs
  const timer = setTimeout(() => setImmediate(onSilence), prefaceMs);
  socket.on("data", onData).on("end", onEnd).on("error", onError).on("close", settle);
}

/** @returns undefined while the bytes may still become an HTTP/2 preface */
function protocolOf(seen: Buffer): SniffedProtocol | undefined {
  if (seen[0] === TLS_HANDSHAKE) return "TLS";
  const compared = Math.min(seen.length, PREFACE.length);
  if (seen.compare(PREFACE, 0, compared, 0, compared) !== 0) return "HTTP/1.1";
  return compared === PREFACE.length ? "HTTP/2" : undefined;
}
