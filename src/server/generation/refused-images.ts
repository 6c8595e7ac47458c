import { BedrockException, contentBlockUnsupported, imagesUnsupported } from "../../bedrock/index.js";
import { EngineImagesError } from "../../engine/index.js";
import type { PromptOrChat } from "./engine-prompt.js";

/** The error of an engine for a request; for one that sees no images in Bedrock's words, as where its capabilities say it before. */
export function inBedrocksWords(error: unknown, input: PromptOrChat): unknown {
  if (!(error instanceof EngineImagesError)) return error;
  const { type, message } = "prompt" in input ? imagesUnsupported() : contentBlockUnsupported("image");
  return new BedrockException(type, message, {}, { cause: error });
}
