import { type BedrockException, contextOverrun } from "../../../bedrock/index.js";
import { PromptTooLongError } from "../../../engine/index.js";

/** The exception for a prompt that is too long, in Converse's words; undefined for every other error. */
export function overrunOf(error: unknown): BedrockException | undefined {
  return error instanceof PromptTooLongError ? contextOverrun(error.contextLimit) : undefined;
}
