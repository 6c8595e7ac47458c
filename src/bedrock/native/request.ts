import { imagesUnsupported, malformedInput } from "../errors/index.js";
import type { ImagePart } from "../message.js";
import { parseJson } from "../parse-json.js";
import { readNativeImages } from "./images.js";
import { findViolations, type ObjectSchema } from "./schema.js";

/** A native Llama request with its defaults filled in. */
export interface NativeLlamaRequest {
  readonly prompt: string;
  /** 0 … 1; 0 is greedy. */
  readonly temperature: number;
  /** 0 … 1; 0 and 1 switch nucleus sampling off. */
  readonly topP: number;
  /** The most tokens to generate, 1 … 2048. */
  readonly maxGenLen: number;
  /** For models that read images. */
  readonly images: readonly ImagePart[];
}

/** The most tokens of a response (user guide). */
const MAX_GEN_LEN = 2048;

/** Keys, types, ranges and defaults: user guide, "Meta Llama models", request and response. */
const SETTINGS_SCHEMA: ObjectSchema = {
  required: [],
  properties: {
    temperature: { type: "Number", minimum: 0, maximum: 1 },
    top_p: { type: "Number", minimum: 0, maximum: 1 },
    max_gen_len: { type: "Integer", minimum: 1, maximum: MAX_GEN_LEN },
  },
};

const SCHEMA: ObjectSchema = {
  required: ["prompt"],
  properties: { prompt: { type: "String", minLength: 1 }, ...SETTINGS_SCHEMA.properties },
};

const VISION_SCHEMA: ObjectSchema = {
  ...SCHEMA,
  properties: { ...SCHEMA.properties, images: { type: "JSONArray", items: { type: "String" } } },
};

/** The most tokens to generate if the request doesn't say (documented). */
export const DEFAULT_MAX_GEN_LEN = 512;

const DEFAULTS = { temperature: 0.5, top_p: 0.9, max_gen_len: DEFAULT_MAX_GEN_LEN, images: [] };

/** What a model takes in a native request. */
export interface NativeCapabilities {
  /** The most images that the model takes on Bedrock. If it's 0, the model's schema has no `images`. */
  readonly maxImages: number;
  /** Whether images can be taken here. */
  readonly images: boolean;
}

/**
 * Reads the body of InvokeModel for a Llama model.
 *
 * @throws {BedrockException} `ValidationException`: the body violates the model's schema, in Bedrock's words, or it has images that the
 * model doesn't take, or any where none can be taken here.
 */
export function parseNativeRequest(
  body: Uint8Array,
  { maxImages, images }: NativeCapabilities,
): NativeLlamaRequest {
  const value = readJson(body);
  const violations = findViolations(value, maxImages > 0 ? VISION_SCHEMA : SCHEMA);
  if (violations !== "") throw malformedInput(violations);
  const request = { ...DEFAULTS, ...(value as WireRequest) };
  if (request.images.length > 0 && !images) throw imagesUnsupported();
  return {
    prompt: request.prompt,
    temperature: request.temperature,
    topP: request.top_p,
    maxGenLen: request.max_gen_len,
    images: readNativeImages(request.images, maxImages),
  };
}

/** A body that satisfies {@link SCHEMA}. */
interface WireRequest {
  prompt: string;
  temperature?: number;
  top_p?: number;
  max_gen_len?: number;
  images?: string[];
}

/** The members of a native request that control the generation. */
export type NativeSettings = Pick<NativeLlamaRequest, "temperature" | "topP" | "maxGenLen">;

/**
 * Reads native settings without a prompt, such as Converse's `additionalModelRequestFields`.
 *
 * @param fields - as sent
 * @param defaults - in place of the model's own; their ranges aren't checked
 * @returns the settings, or the violations if there are any
 */
export function readNativeSettings(
  fields: object,
  defaults: Partial<NativeSettings> = {},
): NativeSettings | string {
  const violations = findViolations(fields, SETTINGS_SCHEMA);
  if (violations !== "") return violations;
  const { temperature, top_p, max_gen_len } = fields as Omit<WireRequest, "prompt">;
  return {
    temperature: temperature ?? defaults.temperature ?? DEFAULTS.temperature,
    topP: top_p ?? defaults.topP ?? DEFAULTS.top_p,
    maxGenLen: max_gen_len ?? defaults.maxGenLen ?? DEFAULTS.max_gen_len,
  };
}

function readJson(body: Uint8Array): unknown {
  try {
    return parseJson(body);
  } catch {
    throw malformedInput();
  }
}
