import type { LlamaModel } from "../model-ids/index.js";
import { type NativeSettings, readNativeSettings } from "../native/index.js";
import type { JsonObject } from "../parse-json.js";
import type { RequestReader } from "../request-reader.js";
import { additionalFieldConflicts, maxTokensTooHigh, additionalFieldsInvalid } from "./exceptions.js";

/** How Converse generates. Undefined means the model's default. */
export interface InferenceConfig {
  /** At least 1. */
  readonly maxTokens: number | undefined;
  /** 0 … 1 */
  readonly temperature: number | undefined;
  /** 0 … 1 */
  readonly topP: number | undefined;
  /** Texts that end the generation. They aren't part of it. */
  readonly stopSequences: readonly string[];
}

/** The configuration of a request that has none, as that of CountTokens. */
export const NO_INFERENCE_CONFIG: InferenceConfig = {
  maxTokens: undefined,
  temperature: undefined,
  topP: undefined,
  stopSequences: [],
};

/** The most stop sequences (API model). */
const MAX_STOP_SEQUENCES = 2500;

/** Reads `inferenceConfig`. The ranges are those of the API model. */
export function readInferenceConfig(reader: RequestReader, body: JsonObject): InferenceConfig {
  const at = "inferenceConfig";
  const config = reader.object(body, at) ?? {};
  const share = (key: string) => reader.number(config, key, `${at}.${key}`, { min: 0, max: 1 });
  const stopSequences = (reader.list(config, "stopSequences") ?? []).map(
    (value) => reader.string({ value }, "value") ?? "",
  );
  if (stopSequences.length > MAX_STOP_SEQUENCES) {
    const must = `have length less than or equal to ${MAX_STOP_SEQUENCES}`;
    reader.violate(`${at}.stopSequences`, `[${stopSequences.length} members]`, must);
  }
  for (const [i, text] of stopSequences.entries()) {
    if (text === "") {
      reader.violate(`${at}.stopSequences.${i + 1}.member`, text, "have length greater than or equal to 1");
    }
  }
  return {
    maxTokens: reader.number(config, "maxTokens", `${at}.maxTokens`, { min: 1, integer: true }),
    temperature: share("temperature"),
    topP: share("topP"),
    stopSequences,
  };
}

/** The fields of Llama's native body that are members of `inferenceConfig` too. */
const DOUBLES = [
  ["max_gen_len", "maxTokens"],
  ["temperature", "temperature"],
  ["top_p", "topP"],
] as const;

/**
 * The native settings of a Converse request: `inferenceConfig` translated, with the model's defaults, and
 * `additionalModelRequestFields`, which mustn't double it and have the ranges of the native request: a `max_gen_len` is limited like
 * InvokeModel's (inferred).
 *
 * Without `maxTokens`, the model's limit is the default, as the API model documents it. No known answer of a Llama model without
 * `maxTokens` is long enough to confirm that; users measured less for Claude models.
 *
 * @throws {BedrockException} `ValidationException`
 */
export function converseSettings(
  config: InferenceConfig,
  additionalFields: JsonObject,
  { converseMaxTokens }: Pick<LlamaModel, "converseMaxTokens">,
): NativeSettings {
  for (const [field, member] of DOUBLES) {
    const doubled = Object.hasOwn(additionalFields, field) && config[member] !== undefined;
    if (doubled) throw additionalFieldConflicts(field, member);
  }
  const { maxTokens = converseMaxTokens, temperature, topP } = config;
  if (maxTokens > converseMaxTokens) throw maxTokensTooHigh(converseMaxTokens);
  const settings = readNativeSettings(additionalFields, {
    maxGenLen: maxTokens,
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
  });
  if (typeof settings === "string") throw additionalFieldsInvalid(settings);
  return settings;
}
