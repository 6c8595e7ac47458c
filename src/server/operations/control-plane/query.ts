import { RequestReader, invalidNextToken } from "../../../bedrock/index.js";
import type { ServerRequest } from "../../request.js";

/** A request's query, decoded; of a name that comes twice the first counts. */
function queryOf({ path }: ServerRequest): ReadonlyMap<string, string> {
  const at = path.indexOf("?");
  const pairs = at < 0 ? [] : [...new URLSearchParams(path.slice(at + 1))];
  return new Map(pairs.reverse());
}

/** Reads parameters of a query, and notes what breaks the API model. */
export class QueryReader {
  readonly #query: ReadonlyMap<string, string>;
  readonly #reader = new RequestReader();

  constructor(request: ServerRequest) {
    this.#query = queryOf(request);
  }

  text(name: string): string | undefined {
    return this.#query.get(name);
  }

  /** One of the values that an enumeration has. @param member - what the API model calls it, where the query calls it otherwise */
  choice<T extends string>(name: string, values: readonly T[], member = name): T | undefined {
    const text = this.text(name);
    const found = values.find((value) => value === text);
    if (text !== undefined && found === undefined) {
      this.#reader.violate(member, text, `satisfy enum value set: [${values.join(", ")}]`);
    }
    return found;
  }

  /** @param pattern - as the API model writes it, for all of the text */
  matching(name: string, pattern: string): string | undefined {
    const text = this.text(name);
    if (text !== undefined && !new RegExp(`^(?:${pattern})$`, "u").test(text)) {
      this.#reader.violate(name, text, `satisfy regular expression pattern: ${pattern}`);
    }
    return text;
  }

  /** @throws {BedrockException} `SerializationException`: it is no number. */
  whole(name: string, min: number, max: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^-?\d+$/u.test(text) ? Number(text) : text;
    return this.#reader.number({ value }, "value", name, { min, max, integer: true });
  }

  /** @throws {BedrockException} `ValidationException`: all that breaks the API model. */
  finish(): void {
    this.#reader.finish();
  }
}

/** A part of a list, and what to ask the next one with. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Undefined where it is the last. */
  readonly nextToken: string | undefined;
}

/**
 * One page of a list. A token names the entry that its page begins with, so it holds as long as there is that entry, also in
 * another process.
 *
 * @param size - at most
 * @throws {BedrockException} `ValidationException`: no page begins there.
 */
export function pageOf<T>(
  list: readonly T[],
  idOf: (item: T) => string,
  size: number,
  token: string | undefined,
): Page<T> {
  const start = token === undefined ? 0 : list.findIndex((item) => tokenOf(idOf(item)) === token);
  if (start < 0) throw invalidNextToken();
  const next = list[start + size];
  return { items: list.slice(start, start + size), nextToken: next && tokenOf(idOf(next)) };
}

function tokenOf(id: string): string {
  return Buffer.from(id).toString("base64url");
}

/** Where a request doesn't say. */
const ANY_REGION = "us-east-1";

/** Key id, date, region, service and terminator: in the header of a signed request, or in the query of a presigned one. */
const CREDENTIAL =
  /(?:\bCredential=|[?&]X-Amz-Credential=)[^/%,\s]+(?:\/|%2F)\d{8}(?:\/|%2F)(?<region>[a-z0-9-]{1,20})(?:\/|%2F)/iu;

/** The region that a request was signed for, which is the one that its program is set to; `us-east-1` where it isn't signed. */
export function requestRegion(request: ServerRequest): string {
  const found = CREDENTIAL.exec(request.header("authorization") ?? "") ?? CREDENTIAL.exec(request.path);
  return found?.groups?.["region"] ?? ANY_REGION;
}
