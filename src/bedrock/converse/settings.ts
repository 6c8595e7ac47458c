import type { JsonObject } from "../coral-reader.js";
import { MAX_GEN_LEN, type NativeSettings, readNativeSettings } from "../native/native-request.js";
import { maxTokensTooHigh, modelRefused } from "./exceptions.js";
import type { InferenceConfig } from "./inference-config.js";

/**
 * How Converse asks the model: `inferenceConfig` in the model's own terms, with the model's defaults, and over it the
 * `additionalModelRequestFields`, which are the model's own already (that they win is inferred).
 *
 * @throws {BedrockException} `ValidationException`
 */
export function converseSettings(config: InferenceConfig, additionalFields: JsonObject): NativeSettings {
  const { maxTokens, temperature, topP } = config;
  if (maxTokens !== undefined && maxTokens > MAX_GEN_LEN) throw maxTokensTooHigh(MAX_GEN_LEN);
  const settings = readNativeSettings({
    ...(maxTokens !== undefined && { max_gen_len: maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...additionalFields,
  });
  if (typeof settings === "string") throw modelRefused(settings);
  return settings;
}
