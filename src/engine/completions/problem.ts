import type { GenerateRequest } from "../engine.js";
import {
  EngineBusyError,
  EngineImagesError,
  EngineUnavailableError,
  PromptTooLongError,
  UpstreamModelError,
} from "../errors.js";
import { detailOf, RefusedError, stopped } from "./errors.js";
import { errorText, member, number } from "./json.js";

// What callers are told. It says nothing of which server it is, where, or what it said.
export const NO_MODEL = "The server doesn't have the model that was named for it.";
const REFUSED = "The server that has the model refused the request.";

/** Why a server can't be used. */
export interface Problem {
  /** For callers, who learn nothing of the server itself. */
  readonly reason: string;
  /** For whoever runs Cria. */
  readonly detail: string;
}

/** What the error of a question to a server says of it. */
export function problemOf(error: unknown): Problem {
  const detail = detailOf(error);
  if (error instanceof EngineUnavailableError || error instanceof EngineBusyError) {
    return { reason: error.message, detail };
  }
  return { reason: error instanceof UpstreamModelError ? NO_MODEL : REFUSED, detail };
}

/** How servers say that their model sees no images: vLLM, llama-server. */
const CANNOT_SEE =
  /not a multimodal model|image input is not supported|not support (?:images?|multimodal)|at most 0 image/iu;

/**
 * The engine's error for a server's: of images that it doesn't see, which llama-server calls a failure of its own; of a prompt that is too long; or of something
 * else that it says.
 */
export function toldBy(
  error: unknown,
  contextLimit: number,
  { images = [] }: Pick<GenerateRequest, "images">,
): unknown {
  const isRefused = error instanceof RefusedError;
  if (images.length > 0 && (isRefused || error instanceof EngineUnavailableError)) {
    const words = (isRefused ? errorText(error.answer) : undefined) ?? detailOf(error);
    if (CANNOT_SEE.test(words)) return new EngineImagesError(images.length, { cause: error });
  }
  return isRefused ? refusal(error, contextLimit) : error;
}

function refusal({ message, answer }: RefusedError, contextLimit: number): Error {
  const promptTokens = number(member(answer, "error", "n_prompt_tokens"));
  const limit = number(member(answer, "error", "n_ctx"));
  const tooLong = promptTokens !== undefined || member(answer, "error", "param") === "input_tokens";
  if (tooLong) return new PromptTooLongError(promptTokens ?? Infinity, limit ?? contextLimit);
  return stopped(REFUSED, message, { refused: true });
}
