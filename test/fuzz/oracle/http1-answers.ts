import type { Answer } from "./answer.js";

/** The bytes that an HTTP/1.1 server sent on one connection, parsed. */
export interface Http1Answers {
  readonly answers: readonly Answer[];
  /** The bytes after the responses: "", or the beginning of another one. */
  readonly rest: string;
}

const HEAD =
  /^HTTP\/1\.1 (?<status>\d{3}) [\x20-\x7e]*\r\n(?<lines>(?:[!-9;-~]+: ?[\x20-\x7e\t]*\r\n)*)\r\n/u;

/** Matches the beginning of a head, to tell an incomplete response from garbage. */
const HEAD_BEGINNING = /^(?:H|HT|HTT|HTTP|HTTP\/[^]*)?$/u;

/**
 * Parses consecutive responses strictly. It doesn't use Node's parser, which belongs to the code under test.
 *
 * @param closed - whether the server has closed: only then is a response without a length complete
 * @throws {Error} the bytes aren't HTTP.
 */
export function readHttp1(received: string, closed: boolean): Http1Answers {
  const answers: Answer[] = [];
  let rest = received;
  while (rest !== "") {
    const head = HEAD.exec(rest);
    if (!head?.groups) {
      if (rest.includes("\r\n\r\n") || !HEAD_BEGINNING.test(rest))
        throw new Error(`This isn't HTTP: ${rest.slice(0, 500)}`);
      break;
    }
    const { status: text = "", lines = "" } = head.groups;
    const status = Number(text);
    const headers = lines
      .split("\r\n")
      .slice(0, -1)
      .map((line): [string, string] => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      });
    const behind = rest.slice(head[0].length);
    const body = status < 200 ? { text: "", rest: behind } : readBody(behind, new Map(headers), closed);
    if (!body) break;
    // 100 Continue isn't the final response
    if (status >= 200) answers.push({ status, headers, body: Buffer.from(body.text, "latin1") });
    ({ rest } = body);
  }
  return { answers, rest };
}

/** @returns undefined if it is incomplete */
function readBody(
  behind: string,
  headers: ReadonlyMap<string, string>,
  closed: boolean,
): { text: string; rest: string } | undefined {
  const length = headers.get("content-length");
  if (headers.get("transfer-encoding") === "chunked") {
    if (length !== undefined) throw new Error("A response has two lengths.");
    return readChunks(behind);
  }
  if (length !== undefined) {
    const bytes = Number(length);
    if (!/^\d+$/u.test(length)) throw new Error(`A response's length is ${length}.`);
    return behind.length < bytes ? undefined : { text: behind.slice(0, bytes), rest: behind.slice(bytes) };
  }
  if (headers.get("connection") !== "close")
    throw new Error("A response without a length doesn't end its connection.");
  return closed ? { text: behind, rest: "" } : undefined;
}

function readChunks(behind: string): { text: string; rest: string } | undefined {
  const parts: string[] = [];
  let rest = behind;
  for (;;) {
    const line = /^(?<size>[0-9a-f]+)\r\n/iu.exec(rest);
    if (!line) {
      if (rest.includes("\r\n") || !/^[0-9a-f]*\r?$/iu.test(rest))
        throw new Error(`This isn't a chunk: ${rest.slice(0, 100)}`);
      return undefined;
    }
    const size = Number.parseInt(line[1] ?? "", 16);
    const from = line[0].length;
    if (rest.length < from + size + 2) return undefined;
    if (rest.slice(from + size, from + size + 2) !== "\r\n")
      throw new Error("A chunk doesn't have the length that it states.");
    parts.push(rest.slice(from, from + size));
    rest = rest.slice(from + size + 2);
    if (size === 0) return { text: parts.join(""), rest };
  }
}
