import { malformedInput } from "./exceptions.js";
import { findViolations, type ObjectRules } from "./violations.js";

/** A native Llama request with its defaults filled in. */
export interface NativeLlamaRequest {
  readonly prompt: string;
  /** 0 … 1; 0 is greedy. */
  readonly temperature: number;
  /** 0 … 1; 0 and 1 switch nucleus sampling off. */
  readonly topP: number;
  /** Tokens to generate at most, 1 … 2048. */
  readonly maxGenLen: number;
  /** Base64, for models that read images. */
  readonly images: readonly string[];
}

/** Keys, types, ranges and defaults: user guide, "Meta Llama models", request and response. */
const RULES: ObjectRules = {
  required: ["prompt"],
  properties: {
    prompt: { type: "String", minLength: 1 },
    temperature: { type: "Number", minimum: 0, maximum: 1 },
    top_p: { type: "Number", minimum: 0, maximum: 1 },
    max_gen_len: { type: "Integer", minimum: 1, maximum: 2048 },
  },
};

const VISION_RULES: ObjectRules = {
  ...RULES,
  properties: { ...RULES.properties, images: { type: "JSONArray", items: { type: "String" } } },
};

const DEFAULTS = { temperature: 0.5, top_p: 0.9, max_gen_len: 512, images: [] };

/** Bytes of UTF-8 that aren't any are no JSON either; a byte order mark is taken for what it is: not JSON. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads the body of InvokeModel for a Llama model.
 *
 * @param options.vision - whether the model takes `images`
 * @throws {BedrockException} `ValidationException`, worded as Bedrock words it.
 */
export function parseNativeRequest(
  body: Uint8Array,
  { vision }: { readonly vision: boolean },
): NativeLlamaRequest {
  const value = parseJson(body);
  const violations = findViolations(value, vision ? VISION_RULES : RULES);
  if (violations !== "") throw malformedInput(violations);
  const request = { ...DEFAULTS, ...(value as WireRequest) };
  return {
    prompt: request.prompt,
    temperature: request.temperature,
    topP: request.top_p,
    maxGenLen: request.max_gen_len,
    images: request.images,
  };
}

/** What {@link RULES} let through. */
interface WireRequest {
  prompt: string;
  temperature?: number;
  top_p?: number;
  max_gen_len?: number;
  images?: string[];
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    throw malformedInput();
  }
}
