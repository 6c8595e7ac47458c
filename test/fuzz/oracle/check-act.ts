import type { RawAct } from "../acts.js";
import type { RawOutcome } from "../play/raw.js";
import { checkAnswer } from "./check-answer.js";
import { headerOf } from "./answer.js";
import { readHttp1 } from "./http1-answers.js";
import { checkHttp2 } from "./http2-frames.js";
import { checkTls } from "./tls-records.js";

/** The first byte that makes a connection TLS. */
const TLS_HANDSHAKE = "\x16";

/** Whether all of an act's responses have arrived. */
export function isAnswered({ answers }: RawAct, received: string): boolean {
  return answers !== undefined && readHttp1(received, false).answers.length >= answers;
}

/**
 * Checks the bytes received on a raw connection.
 *
 * @returns the ids of failed requests, for each of which the log must have a line
 * @throws {Error} the bytes are neither well-formed responses nor a clean close.
 */
export function checkRaw(act: RawAct, { received, closedByServer, leftEarly }: RawOutcome): string[] {
  if (act.neverReads) return [];
  const [first] = act.steps;
  if (act.protocol === "TLS" || (first?.type === "send" && first.text.startsWith(TLS_HANDSHAKE))) {
    checkTls(received);
    return [];
  }
  if (act.protocol === "HTTP/2") {
    const rest = checkHttp2(received);
    if (rest !== "" && !closedByServer && !leftEarly) throw new Error("A frame is incomplete.");
    return [];
  }
  const { answers, rest } = readHttp1(received, closedByServer);
  const failed = answers.flatMap((answer) => checkAnswer(answer) ?? []);
  // a client that ends its side before it has its responses counts as gone, for Node and for Cria
  if (act.answers === undefined || leftEarly || act.leave.type === "end") return failed;
  if (rest !== "") throw new Error(`The last response is incomplete: ${rest.slice(0, 500)}`);
  const last = answers.at(-1);
  // the server may close the connection after a response; later requests get none then
  const ended = last !== undefined && headerOf(last, "connection") === "close";
  if (answers.length > act.answers || (answers.length < act.answers && !ended)) {
    throw new Error(`${act.answers} requests have ${answers.length} responses.`);
  }
  return failed;
}
