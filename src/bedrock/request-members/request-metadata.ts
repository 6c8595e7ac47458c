import { type JsonObject, type JsonValue, parseJson } from "../parse-json.js";
import { isTextMap, type RequestReader } from "../request-reader.js";

/** The name of the member, as violations name it. */
const NAME = "requestMetadata";

/** The most pairs, and the fewest (API model). */
const MAX_PAIRS = 16;
const MIN_PAIRS = 1;

/** The most characters of a key or a value (API model). */
const MAX_TEXT_LENGTH = 256;

/** The most characters of the header that carries the pairs as JSON (API model). */
const MAX_HEADER_LENGTH = 8500;

/** The characters of keys and values (API model). */
const characters = (min: number) => `[a-zA-Z0-9\\s:_@$#=/+,-.]{${min},${MAX_TEXT_LENGTH}}`;

const utf8 = new TextEncoder();

/**
 * Checks `requestMetadata`, which Bedrock writes to its logs of invocations and nowhere else. Its values are sensitive (API model), so
 * that no message quotes them. The words for a map's keys and values are those of other AWS services.
 */
export function checkRequestMetadata(reader: RequestReader, body: JsonObject): void {
  const pairs = Object.entries(reader.map(body, NAME) ?? {});
  if (body[NAME] === undefined || body[NAME] === null) return;
  if (pairs.length > MAX_PAIRS) {
    reader.violate(NAME, undefined, `have length less than or equal to ${MAX_PAIRS}`);
  }
  if (pairs.length < MIN_PAIRS) {
    reader.violate(NAME, undefined, `have length greater than or equal to ${MIN_PAIRS}`);
  }
  const values = pairs.map(([, value]) => reader.string({ value }, "value") ?? "");
  checkTexts(
    reader,
    "Map keys",
    pairs.map(([key]) => key),
    MIN_PAIRS,
  );
  checkTexts(reader, "Map value", values, 0);
}

/** Checks the header that carries `requestMetadata` as JSON. What Bedrock says of other JSON is unknown. */
export function checkRequestMetadataHeader(reader: RequestReader, header: string | undefined): void {
  if (header === undefined) return;
  reader.checkText(NAME, header, { max: MAX_HEADER_LENGTH }, true);
  const pairs = readPairs(header);
  if (pairs === undefined) reader.violate(NAME, undefined, "be a JSON object whose values are strings");
  else checkRequestMetadata(reader, { [NAME]: pairs });
}

function checkTexts(reader: RequestReader, what: string, texts: readonly string[], min: number): void {
  const pattern = characters(min);
  const whole = new RegExp(`^${pattern}$`);
  if (texts.every((text) => whole.test(text))) return;
  const constraints = [
    `Member must have length less than or equal to ${MAX_TEXT_LENGTH}`,
    `Member must have length greater than or equal to ${min}`,
    `Member must satisfy regular expression pattern: ${pattern}`,
  ];
  reader.violateConstraint(NAME, undefined, `${what} must satisfy constraint: [${constraints.join(", ")}]`);
}

function readPairs(json: string): JsonObject | undefined {
  let value: JsonValue;
  try {
    value = parseJson(utf8.encode(json));
  } catch {
    return undefined;
  }
  return isTextMap(value) ? value : undefined;
}
