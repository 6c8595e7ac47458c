import { RequestReader, invalidNextToken } from "../../../bedrock/index.js";
import type { ServerRequest } from "../../request.js";

/** A request's query, decoded; if a name is repeated, its first value counts. */
function queryOf({ path }: ServerRequest): ReadonlyMap<string, string> {
  const at = path.indexOf("?");
  const pairs = at < 0 ? [] : [...new URLSearchParams(path.slice(at + 1))];
  return new Map(pairs.reverse());
}

/** Reads the parameters of a query, and collects violations of the API model. */
export class QueryReader {
  readonly #query: ReadonlyMap<string, string>;
  readonly #reader = new RequestReader();

  constructor(request: ServerRequest) {
    this.#query = queryOf(request);
  }

  text(name: string): string | undefined {
    return this.#query.get(name);
  }

  /** An enumeration's value. @param member - the API model's name for the parameter, if it differs from the query's */
  choice<T extends string>(name: string, values: readonly T[], member = name): T | undefined {
    const text = this.text(name);
    const found = values.find((value) => value === text);
    if (text !== undefined && found === undefined) {
      this.#reader.violate(member, text, `satisfy enum value set: [${values.join(", ")}]`);
    }
    return found;
  }

  /** A text. @param pattern - what the whole text must match, as the API model writes it */
  matching(name: string, pattern: string): string | undefined {
    const text = this.text(name);
    if (text !== undefined && !new RegExp(`^(?:${pattern})$`, "u").test(text)) {
      this.#reader.violate(name, text, `satisfy regular expression pattern: ${pattern}`);
    }
    return text;
  }

  /** A whole number. @throws {BedrockException} `SerializationException`: the value isn't a number. */
  whole(name: string, min: number, max: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^-?\d+$/u.test(text) ? Number(text) : text;
    return this.#reader.number({ value }, "value", name, { min, max, integer: true });
  }

  /** @throws {BedrockException} `ValidationException`: all violations of the API model. */
  finish(): void {
    this.#reader.finish();
  }
}

/** A page of a list, and the token for the next page. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Undefined on the last page. */
  readonly nextToken: string | undefined;
}

/**
 * One page of a list. A token encodes the id of its page's first entry, so it stays valid while that entry exists, even in another
 * process.
 *
 * @param size - maximum number of items
 * @throws {BedrockException} `ValidationException`: the token is invalid.
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
