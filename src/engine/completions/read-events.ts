import { StringDecoder } from "node:string_decoder";

import { createParser } from "eventsource-parser";

/** Longest event: vLLM's first has the ids of the prompt's tokens, 8 characters each, and Llama 4's longest prompt 3.5 million. What is longer isn't one. */
const MAX_EVENT_CHARS = 32 * 1024 * 1024;

/**
 * Takes a part of a body, and calls back with each event that it completes: its JSON, or {@link DONE}. Throws a `SyntaxError` at what is neither, and what
 * the callback throws.
 */
export type EventReader = (part: Uint8Array, onEvent: (event: unknown) => void) => void;

/** The value that stands for `data: [DONE]`. */
export const DONE = Symbol("[DONE]");

/** A reader of server-sent events, or of a line of JSON each. */
export function eventReader(framing: "sse" | "lines"): EventReader {
  const decoder = new StringDecoder("utf8");
  return framing === "sse" ? serverSentEvents(decoder) : jsonLines(decoder);
}

function serverSentEvents(decoder: StringDecoder): EventReader {
  let complete: string[] = [];
  let tooLong = false;
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARS,
    onEvent: ({ data }) => complete.push(data),
    onError: ({ type, field, value }) => {
      // the standard ignores a field that it doesn't know; some versions of llama-server report failures in one
      if (type === "unknown-field" && field === "error") complete.push(`{"error":${value ?? "{}"}}`);
      else if (type === "max-buffer-size-exceeded") tooLong = true;
    },
  });
  return (part, onEvent) => {
    parser.feed(decoder.write(part));
    const events = complete;
    complete = [];
    for (const data of events) onEvent(data === "[DONE]" ? DONE : JSON.parse(data));
    if (tooLong) throw new SyntaxError("an event is too long");
  };
}

function jsonLines(decoder: StringDecoder): EventReader {
  let rest = "";
  return (part, onEvent) => {
    const lines = (rest + decoder.write(part)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") onEvent(JSON.parse(line));
    if (rest.length > MAX_EVENT_CHARS) throw new SyntaxError("a line is too long");
  };
}
