import { MAX_WAIT_MS } from "../bounds.js";

// The kinds of settings, as JSON schemas.

/** The part of JSON Schema (draft 7) that the configuration needs. */
export interface JsonSchema {
  readonly $ref?: string;
  /** What a value must be, with its article: the subject of messages and of an editor's hints. */
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | false;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
  readonly else?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
}

export const text = (title: string, more: JsonSchema = {}): JsonSchema => ({
  type: "string",
  minLength: 1,
  title,
  ...more,
});

/** An address or the name of a host, alone: no scheme, no port, no brackets. */
export const host = (more: JsonSchema): JsonSchema =>
  text("an address such as 127.0.0.1, or a name, without a scheme or a port", {
    pattern:
      "^(?:[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*\\.?|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%.+)?)$",
    examples: ["127.0.0.1"],
    ...more,
  });

export const whole = (min: number, max: number, more: JsonSchema = {}): JsonSchema => ({
  type: "integer",
  minimum: min,
  maximum: max,
  ...more,
});

export const milliseconds = (least: number, usual: number, description: string): JsonSchema =>
  whole(least, MAX_WAIT_MS, {
    title: `a whole number of milliseconds from ${least} to ${MAX_WAIT_MS}`,
    default: usual,
    description,
  });

export const bytes = (least: number, most: number, usual: number, description: string): JsonSchema =>
  whole(least, most, {
    title: `a whole number of bytes from ${least} to ${most}`,
    default: usual,
    description,
  });

export const yesOrNo = (description: string): JsonSchema => ({
  type: "boolean",
  default: false,
  description,
});

export const section = (
  properties: Readonly<Record<string, JsonSchema>>,
  description: string,
  more: JsonSchema = {},
): JsonSchema => ({ type: "object", additionalProperties: false, properties, description, ...more });

export const file = (what: string, example: string): JsonSchema =>
  text(`the path of ${what}`, {
    examples: [example],
    description: `The path of ${what}; a relative one starts at the folder of this file.`,
  });

/** Without a user, a password, a query or a fragment: there are secrets in those. */
export const url = (example: string, description: string): JsonSchema =>
  text(`a URL such as ${example}, without a user, a key, a \`?\` or a \`#\``, {
    pattern: "^https?://[^\\s/?#@]+(/[^\\s?#]*)?$",
    examples: [example],
    description,
  });
