import type { Socket } from "node:net";

/** What a connection turns out to speak. */
export type SniffedProtocol = "TLS" | "HTTP/2" | "HTTP/1.1";

/** What an HTTP/2 client that knows its server sends first (RFC 9113, 3.4). */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** The first byte of every TLS connection: a record that carries a handshake (RFC 8446, 5.1). No word of HTTP begins so. */
const TLS_HANDSHAKE = 0x16;

/** Answered, as Node does itself, to a client that says nothing for too long. */
const TIMED_OUT = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n";

/**
 * Finds out from a connection's first bytes which protocol it speaks, puts them back, and hands it on. Whatever is neither
 * TLS nor an HTTP/2 preface is HTTP/1.1's, whose parser has the answer to garbage.
 *
 * The bytes are kept aside until the matter is decided: put back earlier they would be read again at once, for ever.
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
  // a client that closes without having said anything, or half a preface, gets nothing
  const onEnd = () => socket.destroy();
  const onError = () => socket.destroy();
  const onSilence = () => {
    if (settled) return;
    settle();
    socket.on("error", onError);
    socket.end(TIMED_OUT, () => socket.destroy());
  };
  // bytes that came while the process was busy are read between a late timer and this
  const timer = setTimeout(() => setImmediate(onSilence), prefaceMs);
  socket.on("data", onData).on("end", onEnd).on("error", onError).on("close", settle);
}

/** @returns undefined while it may still become an HTTP/2 preface */
function protocolOf(seen: Buffer): SniffedProtocol | undefined {
  if (seen[0] === TLS_HANDSHAKE) return "TLS";
  const compared = Math.min(seen.length, PREFACE.length);
  if (seen.compare(PREFACE, 0, compared, 0, compared) !== 0) return "HTTP/1.1";
  return compared === PREFACE.length ? "HTTP/2" : undefined;
}
