import { BedrockException, guardrailNotFound } from "../errors/index.js";
import type { JsonObject } from "../parse-json.js";
import type { RequestReader } from "../request-reader.js";

/** The guardrail that a request names; undefined members if it names none. */
export interface Guardrail {
  readonly identifier: string | undefined;
  readonly version: string | undefined;
}

/** The longest identifier (API model). */
const MAX_IDENTIFIER_LENGTH = 2048;

/** The forms of an identifier and of a version (API model). */
const IDENTIFIER =
  /^(?:[a-z0-9]+|arn:aws(?:-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail\/[a-z0-9]+)$/u;
const VERSION_PATTERN = "(|([1-9][0-9]{0,7})|(DRAFT))";

/**
 * Reads the members that name a guardrail. Violations are collected by the reader. An identifier without a version is an error
 * (documented), and so is a version without an identifier; the message for both is inferred.
 *
 * @param members - has `guardrailIdentifier` and `guardrailVersion`
 * @param at - the path of `members`, as violations name it: "", or a path that ends with a dot
 */
export function readGuardrail(reader: RequestReader, members: JsonObject, at: string): Guardrail {
  const identifier = nonEmpty(reader.string(members, "guardrailIdentifier"));
  const version = nonEmpty(reader.string(members, "guardrailVersion"));
  reader.checkText(`${at}guardrailIdentifier`, identifier, { max: MAX_IDENTIFIER_LENGTH });
  reader.checkText(`${at}guardrailVersion`, version, { pattern: VERSION_PATTERN });
  if (identifier === undefined && version !== undefined) {
    reader.violate(`${at}guardrailIdentifier`, null, "not be null");
  }
  if (identifier !== undefined && version === undefined) {
    reader.violate(`${at}guardrailVersion`, null, "not be null");
  }
  return { identifier, version };
}

/** An empty text names nothing: the API model's patterns allow it. */
function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

/**
 * Refuses every guardrail: Cria has none. Both messages are quoted by users; that the second one is for a malformed identifier is
 * inferred.
 *
 * @throws {BedrockException} `ValidationException`
 */
export function checkGuardrail({ identifier }: Guardrail): void {
  if (identifier === undefined) return;
  if (IDENTIFIER.test(identifier)) throw guardrailNotFound();
  throw new BedrockException("ValidationException", "The provided guardrail identifier is invalid.");
}
