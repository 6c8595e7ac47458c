import { exceptionTypes } from "../../../src/bedrock/index.js";
import { MessageDecoder, type Message } from "../../../src/event-stream/index.js";
import { headerOf, type Answer } from "./answer.js";

const EVENT_STREAM = "application/vnd.amazon.eventstream";

/** Node's own responses to input that isn't HTTP, is too slow or too large: no body, and the connection is closed. */
const NODES_OWN: ReadonlySet<number> = new Set([400, 408, 413, 417, 431]);

/** The last event of each streaming operation's complete response. */
const LAST_EVENTS: ReadonlySet<string> = new Set(["metadata", "chunk"]);

/**
 * Checks that a response is one that Bedrock could send, or Node's own to input that isn't HTTP.
 *
 * @param method - the request's method, if known: a response to HEAD has no body
 * @returns the request's id if the response reports a failure of the server, whose cause the log must have
 * @throws {Error} the response is another one.
 */
export function checkAnswer(answer: Answer, method?: string): string | undefined {
  const { status, body } = answer;
  const id = headerOf(answer, "x-amzn-requestid");
  const type = headerOf(answer, "content-type");
  if (id === undefined && body.length === 0 && NODES_OWN.has(status)) return undefined;
  // no operation has the method HEAD
  if (method === "HEAD" && status === 404 && body.length === 0) return undefined;
  try {
    if (status === 200 && type === EVENT_STREAM) return checkStream(body, id);
    if (status === 200) {
      JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
      return undefined;
    }
    const errorType = headerOf(answer, "x-amzn-errortype");
    if (errorType !== undefined) return checkError(answer, errorType, id);
    if (status === 404 && body.toString() === "<UnknownOperationException/>") return undefined;
  } catch (cause) {
    throw new Error(`${String(cause)} ${shown(answer)}`, { cause });
  }
  throw new Error(`This is not a response of Bedrock: ${shown(answer)}`);
}

function checkError({ status, body }: Answer, errorType: string, id: string | undefined): string | undefined {
  const [name = "", namespace] = errorType.split(":", 1).concat(errorType.slice(errorType.indexOf(":") + 1));
  const types: Readonly<Record<string, number>> = exceptionTypes;
  if (types[name] !== status || !namespace?.startsWith("http://internal.amazon.com/coral/")) {
    throw new Error(`${errorType} with status ${status}.`);
  }
  const value = JSON.parse(body.toString()) as Readonly<Record<string, unknown>>;
  if (typeof (value["message"] ?? value["Message"]) !== "string") throw new Error("An error has no message.");
  return status >= 500 || status === 424 ? id : undefined;
}

function checkStream(body: Buffer, id: string | undefined): string | undefined {
  const decoder = new MessageDecoder();
  const messages = decoder.push(body);
  decoder.finish();
  const last = messages.at(-1);
  if (!last) throw new Error("A stream is empty.");
  for (const message of messages) JSON.parse(Buffer.from(message.body).toString());
  const exception = text(last, ":exception-type");
  const failures = messages.filter((message) => text(message, ":message-type") !== "event");
  if (failures.length > (exception === undefined ? 0 : 1))
    throw new Error("A stream continues after its failure.");
  // the caller's mistake: a prompt that is too long
  if (exception === "validationException") return undefined;
  if (exception !== undefined) return id;
  if (!LAST_EVENTS.has(text(last, ":event-type") ?? "")) throw new Error("A stream is incomplete.");
  return undefined;
}

function text({ headers }: Message, name: string): string | undefined {
  const value = headers.get(name)?.value;
  return typeof value === "string" ? value : undefined;
}

function shown({ status, headers, body }: Answer): string {
  return JSON.stringify({ status, headers, body: body.subarray(0, 1_000).toString("latin1") });
}
