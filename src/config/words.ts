import type { JsonSchema } from "./schema/index.js";

/** What a value must be: with its article, to follow "must be". */
export function expected({ title, type, enum: words, minimum, maximum }: JsonSchema): string {
  if (title !== undefined) return title;
  if (words !== undefined) return oneOf(words.map(String));
  switch (type) {
    case "boolean":
      return "true or false";
    case "integer":
      return `a whole number from ${minimum} to ${maximum}`;
    case "array":
      return "a list";
    case "object":
      return "settings, each on a line of its own below it";
    default:
      return "a text";
  }
}

/** What a value is, without repeating it: it may be a secret in the wrong place. */
export function kindOf(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? "a text" : "a group of settings";
}

/** `a`, `a or b`, `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  return listed(words, "or");
}

/** `a`, `a and b`, `a, b and c`. */
export function allOf(words: readonly string[]): string {
  return listed(words, "and");
}

function listed(words: readonly string[], last: string): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1) ?? ""}`;
}

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const BYTES_PER_UNIT: Readonly<Record<string, number>> = {
  ...{ b: 1, kb: 1e3, mb: 1e6, gb: 1e9, k: 1e3, m: 1e6, g: 1e9 },
  ...{ kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3, ki: 1024, mi: 1024 ** 2, gi: 1024 ** 3 },
};

/** The value that was meant by one of the wrong type: `75s` by a time, `"80"` by a number, `yes` by true. @returns undefined if that isn't clear */
export function meant(value: unknown, key: string, { type, minimum = 0, maximum = 0 }: JsonSchema): unknown {
  const types = [type ?? []].flat();
  if (types.includes("boolean") && typeof value === "string") {
    if (/^(?:yes|on|true|y)$/iu.test(value)) return true;
    if (/^(?:no|off|false|n)$/iu.test(value)) return false;
  }
  if (types.includes("array") && typeof value === "string") return [value];
  if (types.includes("string") && typeof value === "number") return String(value);
  if (!types.includes("integer") || typeof value !== "string") return undefined;
  const [, number = "", unit = ""] = /^\s*([0-9][0-9_,]*(?:\.[0-9]+)?)\s*([a-z]*)\s*$/iu.exec(value) ?? [];
  const units = key.endsWith("Ms") ? MS_PER_UNIT : key.endsWith("Bytes") ? BYTES_PER_UNIT : {};
  const factor = unit === "" ? 1 : units[unit.toLowerCase()];
  const result = Number(number.replaceAll(/[_,]/gu, "")) * (factor ?? NaN);
  return number !== "" && Number.isInteger(result) && result >= minimum && result <= maximum
    ? result
    : undefined;
}

/** A setting as it is written in the file. */
export function written(key: string, value: unknown): string {
  return `\`${key}: ${inYaml(value)}\``;
}

/** A text that is a text in YAML without quotes too. */
const PLAIN = /^(?!(?:true|false|null|[yn]|yes|no|on|off)$)[A-Za-z0-9/][\w./:-]*$/iu;

function inYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inYaml).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const pairs = Object.entries(value).map(([key, each]) => `${key}: ${inYaml(each)}`);
    return `{ ${pairs.join(", ")} }`;
  }
  // a plain text, or one in quotes, which are JSON's
  const isPlain = typeof value === "string" && PLAIN.test(value) && Number.isNaN(Number(value));
  return isPlain ? value : JSON.stringify(value);
}
