/** The attackers, in a process of their own: one kind of attack at a time, from many connections, each opened again when it ends. */
import { connect } from "node:net";

import { END_HEADERS, END_STREAM, frame, literal, PREFACE, settings } from "../http2-frames.mjs";
import { FLOOD, INVOKE, signed, STREAM, UNKNOWN_KEY } from "./callers.mjs";

const RST_STREAM = 3;
const PING = 6;
const CANCEL = Buffer.from([0, 0, 0, 8]);
/** Time after which a reader that takes nothing asks for another stream, and how many it leaves open. */
const COME_BACK_MS = 500;
const OPEN_STREAMS = 90;
/** Time before a connection that the server has closed is opened again. */
const AGAIN_MS = 20;

let stopped = false;
const sockets = new Set();

/** Keeps a connection open: opens it again whenever it is closed. @param run - what to do with a new one */
function keepOpen(port, run) {
  if (stopped) return;
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  sockets.add(socket);
  socket.on("error", () => undefined);
  socket.on("connect", () => run(socket));
  socket.on("close", () => {
    sockets.delete(socket);
    setTimeout(() => keepOpen(port, run), AGAIN_MS);
  });
}

/** Writes as much as the connection takes, for ever. @param next - makes the next bytes */
function pour(socket, next) {
  const more = () => {
    while (!socket.destroyed && socket.write(next()));
  };
  socket.on("drain", more);
  more();
}

/** HPACK: `:method POST` and `:scheme http` from the static table, the others as literals. */
const head = (path, headers = []) =>
  Buffer.concat([
    Buffer.from([0x83, 0x86]),
    literal(0x04, path),
    literal(0x01, "localhost"),
    ...headers.filter(([name]) => name !== "host").map(([name, value]) => literal(0, value, name)),
  ]);

const authorization = (body) => signed(INVOKE, body, UNKNOWN_KEY);
const PIPELINED = Buffer.from("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1_000));
const BIG = 24_000_000;

/** Asks for a long stream now and then, whatever became of those before; when as many are open as may be, the oldest is reset. */
function comeBack(socket, window) {
  socket.resume();
  const body = Buffer.from(JSON.stringify({ prompt: FLOOD, max_gen_len: 2048 }));
  socket.write(Buffer.concat([PREFACE, settings(window)]));
  let stream = 1;
  const ask = () => {
    if (socket.destroyed) return;
    const oldest = stream - 2 * OPEN_STREAMS;
    if (oldest > 0) socket.write(frame(RST_STREAM, 0, oldest, CANCEL));
    socket.write(
      Buffer.concat([frame(1, END_HEADERS, stream, head(STREAM)), frame(0, END_STREAM, stream, body)]),
    );
    stream += 2;
    setTimeout(ask, COME_BACK_MS);
  };
  ask();
}

const attacks = {
  pipelined(socket) {
    socket.resume();
    pour(socket, () => PIPELINED);
  },
  resets(socket) {
    socket.resume();
    socket.write(Buffer.concat([PREFACE, settings(65_535)]));
    const block = head(INVOKE);
    const body = Buffer.from(JSON.stringify({ prompt: "x".repeat(1_000) }));
    let stream = 1;
    pour(socket, () => {
      const frames = [];
      for (let i = 0; i < 50; i += 1, stream += 2) {
        frames.push(frame(1, END_HEADERS, stream, block), frame(0, END_STREAM, stream, body));
        frames.push(frame(RST_STREAM, 0, stream, CANCEL));
      }
      return Buffer.concat(frames);
    });
  },
  /** 33 requests without an end on each connection; as many again when the server has answered some. */
  unfinished(socket) {
    socket.write(Buffer.concat([PREFACE, settings(65_535)]));
    const block = head(INVOKE, authorization("{}"));
    let stream = 1;
    const open = () => {
      socket.write(frame(1, END_HEADERS, stream, block));
      stream += 2;
    };
    for (let i = 0; i < 33; i += 1) open();
    // each answer has a frame of headers, of data and, as the request has no end, of a reset
    socket.on("data", (bytes) => {
      for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3))
        if (bytes[at + 3] === RST_STREAM) open();
    });
  },
  bodies(socket) {
    socket.resume();
    const headers = authorization("{}").map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST ${INVOKE} HTTP/1.1\r\n${headers.join("")}Content-Length: ${BIG}\r\n\r\n`);
    socket.write(Buffer.alloc(BIG - 1, "x"));
  },
  silent(socket) {
    socket.resume();
  },
  readers(socket) {
    comeBack(socket, 0);
  },
  smallReaders(socket) {
    comeBack(socket, 1_000);
  },
  /** These take what every client takes, which is the window that the protocol gives a stream, and from then on nothing. */
  fullReaders(socket) {
    comeBack(socket, 65_535);
    // the connection's window is used up by then, and a new one costs nothing
    setTimeout(() => socket.destroy(), 10 * COME_BACK_MS);
  },
  pings(socket) {
    socket.resume();
    socket.write(Buffer.concat([PREFACE, settings(65_535)]));
    const many = Buffer.concat(Array.from({ length: 1_000 }, () => frame(PING, 0, 0, Buffer.alloc(8))));
    pour(socket, () => many);
  },
  /** Connections that are opened and closed as fast as possible. */
  churn(socket) {
    socket.destroy();
  },
};

const tasks = {
  start({ kind, port, connections }) {
    stopped = false;
    for (let i = 0; i < connections; i += 1) keepOpen(port, attacks[kind]);
    return {};
  },
  stop() {
    stopped = true;
    for (const socket of sockets) socket.destroy();
    return {};
  },
};

process.on("message", ({ what, ...task }) => process.send(tasks[what](task)));
process.on("disconnect", () => process.exit());
process.send({});
