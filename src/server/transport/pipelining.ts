import type { Socket } from "node:net";

/**
 * Requests of one HTTP/1.1 connection that may be unanswered before more of its bytes are parsed. No SDK sends a request before the last one
 * was answered; a few are allowed, since HTTP does. At least two: the last may wait for the rest of its body.
 */
export const PIPELINED_REQUESTS = 4;

/**
 * Node's parser takes what it's given to the end, and a read of 64 KiB can hold two thousand requests. So it gets pieces of about this many
 * bytes, which hold ten of the shortest. The head of an SDK's request is longer, and comes in one piece.
 */
const PIECE_BYTES = 256;

/** A message whose length isn't declared ends in an empty line, and so does every head. */
const EMPTY_LINES = [Buffer.from("\n\r\n"), Buffer.from("\n\n")];

/** Node sets it while the answers that wait for their turn exceed its buffer, and asserts that no bytes come meanwhile. */
interface PausedByNode {
  readonly _paused?: boolean;
}

/**
 * Stops parsing a connection's bytes while enough of its requests are unanswered: the rest stays in the socket, and then with the client. Parses
 * what one read brings in each turn of the event loop. Call {@link Socket.resume} when one was answered.
 *
 * @param socket - a connection that Node's server has accepted, so that its data goes to the parser
 * @param isFull - whether enough requests are unanswered
 */
export function boundPipelining(socket: Socket & PausedByNode, isFull: () => boolean): void {
  const [parse] = socket.listeners("data") as ((bytes: Buffer) => void)[];
  if (!parse) throw new Error("Node's HTTP server reads a connection in another way than it used to.");
  socket.off("data", parse);
  let hadItsTurn = false;
  let isHeld = false;
  const nextTurn = () => {
    hadItsTurn = false;
    if (isHeld) socket.resume();
    isHeld = false;
  };
  socket.on("data", (bytes: Buffer) => {
    let rest = bytes;
    // a socket whose client sends fast is read up to 32 times in one turn of the event loop, while all others wait
    if (hadItsTurn) {
      isHeld = true;
      socket.pause();
      socket.unshift(rest);
      return;
    }
    hadItsTurn = true;
    setImmediate(nextTurn);
    // what comes behind an answer that ends the connection is of no use to anybody
    while (rest.length > 0 && socket.writable) {
      if (socket._paused || isFull()) {
        socket.pause();
        socket.unshift(rest);
        return;
      }
      const piece = rest.subarray(0, endOfPiece(rest));
      rest = rest.subarray(piece.length);
      parse.call(socket, piece);
    }
  });
}

/** The end of the first empty line behind {@link PIECE_BYTES}, or of the bytes. */
function endOfPiece(bytes: Buffer): number {
  let end = bytes.length;
  for (const line of EMPTY_LINES) {
    const at = bytes.subarray(0, end).indexOf(line, PIECE_BYTES - line.length);
    if (at >= 0) end = at + line.length;
  }
  return end;
}
