import { CoralReader } from "../../../bedrock/index.js";
import type { ApiRequest } from "../../api-request.js";

/** A request's query, decoded; of a name that comes twice the first counts. */
export function queryOf({ path }: ApiRequest): ReadonlyMap<string, string> {
  const at = path.indexOf("?");
  const pairs = at < 0 ? [] : [...new URLSearchParams(path.slice(at + 1))];
  return new Map(pairs.reverse());
}

/** Reads parameters of a query, and notes what breaks the API model. */
export class QueryReader {
  readonly #query: ReadonlyMap<string, string>;
  readonly #coral = new CoralReader();

  constructor(request: ApiRequest) {
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
      this.#coral.violate(member, text, `satisfy enum value set: [${values.join(", ")}]`);
    }
    return found;
  }

  /** @param pattern - as the API model writes it, for all of the text */
  matching(name: string, pattern: string): string | undefined {
    const text = this.text(name);
    if (text !== undefined && !new RegExp(`^(?:${pattern})$`, "u").test(text)) {
      this.#coral.violate(name, text, `satisfy regular expression pattern: ${pattern}`);
    }
    return text;
  }

  /** @throws {BedrockException} `SerializationException`: it is no number. */
  whole(name: string, min: number, max: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^-?\d+$/u.test(text) ? Number(text) : text;
    return this.#coral.number({ value }, "value", name, { min, max, integer: true });
  }

  /** @throws {BedrockException} `ValidationException`: all that breaks the API model. */
  finish(): void {
    this.#coral.finish();
  }
}
