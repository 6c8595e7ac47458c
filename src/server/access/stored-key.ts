/** A key as it stands in the file. */
export interface StoredKey {
  /** 1 to 128 letters, digits and underscores. */
  readonly accessKeyId: string;
  /** In plain text, because verifying a signature takes it. */
  readonly secretAccessKey: string;
  /** The token that each request must carry. @default none, as for a long-term key */
  readonly sessionToken?: string;
  /** SHA-256 of the same caller's API key, in hexadecimal. @default none */
  readonly apiKeySha256?: string;
  /** The owner's name for it. */
  readonly name?: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  /** ISO 8601, such as `2026-11-24T12:00:00.000Z`. @default never */
  readonly expiresAt?: string;
}

/** Says what is wrong with a value; undefined if nothing is. */
type Rule = (value: string) => string | undefined;

const matches =
  (pattern: RegExp, what: string): Rule =>
  (value) =>
    pattern.test(value) ? undefined : `must be ${what}`;

const text = matches(/^[\x20-\x7e]+$/u, "printable ASCII text, not empty");
const time: Rule = (value) => (Number.isNaN(Date.parse(value)) ? "must be a time in ISO 8601" : undefined);

const RULES: Readonly<Record<keyof StoredKey, Rule>> = {
  accessKeyId: matches(/^\w{1,128}$/u, "1 to 128 letters, digits and underscores"),
  secretAccessKey: text,
  sessionToken: text,
  apiKeySha256: matches(/^[0-9a-f]{64}$/u, "64 hexadecimal digits in lower case"),
  name: () => undefined,
  createdAt: time,
  expiresAt: time,
};

const REQUIRED: readonly (keyof StoredKey)[] = ["accessKeyId", "secretAccessKey"];

/**
 * Says what is wrong with a value that should be a {@link StoredKey}; undefined if nothing is.
 *
 * Unknown properties are refused: with a misspelt `expiresAt`, a key would never expire.
 */
export function findKeyProblem(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "must be an object";
  const missing = REQUIRED.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `lacks ${missing}`;
  for (const [name, content] of Object.entries(value) as [string, unknown][]) {
    if (!isKnown(name)) return `has an unknown property; the properties are ${Object.keys(RULES).join(", ")}`;
    if (typeof content !== "string") return `${name} must be a string`;
    const problem = RULES[name](content);
    if (problem !== undefined) return `${name} ${problem}`;
  }
  return undefined;
}

function isKnown(name: string): name is keyof StoredKey {
  return Object.hasOwn(RULES, name);
}
