import type { CountTokensOptions, EngineMessage, GenerateRequest } from "../engine.js";
import { EngineChatError, PromptTooLongError } from "../errors.js";
import type { Ask, Call, Dialect, Sampling, ServedModel } from "./dialect.js";
import { isMissing } from "./errors.js";
import { textOf } from "./served-model.js";

/** What a generation at a server is planned from. */
export interface PlanInput {
  readonly ask: Ask;
  readonly dialect: Dialect;
  readonly model: ServedModel;
  readonly request: GenerateRequest;
  /** Tokens of prompt and generation together, as far as they are known. */
  readonly known: number;
}

/** One generation at a server. */
export interface Plan {
  readonly call: Call;
  /** Tokens of the prompt, if they were counted before. */
  readonly promptTokens: number | undefined;
  /** Tokens that the prompt may have. */
  readonly contextLimit: number;
  /** Asks for the tokens of the prompt. */
  readonly count: () => Promise<number>;
}

/** Whether a request has images, so that it goes to a server as a conversation. */
export function hasImages({ images = [] }: Pick<GenerateRequest, "images">): boolean {
  return images.length > 0;
}

/**
 * Continues a prompt as it is. The server is asked to count only where the prompt may be too long, where it must be sent as tokens, or where its tokens
 * would be told too late: a token is a byte of text at least.
 *
 * @throws {PromptTooLongError}
 */
export async function planPrompt({ ask, dialect, model, request, known }: PlanInput): Promise<Plan> {
  const prompt = textOf(request.prompt, model, request);
  const count = async () => (await dialect.tokenize(ask, prompt, model.name)).count;
  const { path, framing } = dialect;
  const plan = (promptTokens?: number, contextLimit = known, ids?: readonly number[]): Plan => {
    const sampling = samplingOf(request, model, contextLimit - (promptTokens ?? 0));
    const body = dialect.body({ ...sampling, prompt: { ...prompt, ids } });
    const call = { path, framing, body, read: dialect.reader(), maxTokens: sampling.maxTokens };
    return { call, promptTokens, contextLimit, count };
  };
  const mayExceed = Buffer.byteLength(request.prompt) + 1 + request.maxTokens > known;
  const isNeeded = dialect.needsIds || dialect.countsFirst;
  if (!mayExceed && !isNeeded) return plan();
  const counted = await dialect.tokenize(ask, prompt, model.name).catch((error: unknown) => {
    // some routers in front of vLLM have no such path: then the server refuses what is too long
    if (isNeeded || !isMissing(error)) throw error;
  });
  if (!counted) return plan();
  request.signal?.throwIfAborted();
  const contextLimit = Math.min(known, counted.contextSize ?? Infinity);
  if (counted.count > contextLimit) throw new PromptTooLongError(counted.count, contextLimit);
  return plan(counted.count, contextLimit, dialect.needsIds ? counted.ids : undefined);
}

/**
 * Answers a conversation with images, whose prompt the server writes.
 *
 * @throws {EngineChatError} {@link PromptTooLongError}
 */
export async function planChat({ ask, dialect, model, request, known }: PlanInput): Promise<Plan> {
  const { framing, chat } = dialect;
  const messages = chatOf(request);
  const count = () => chat.count(ask, messages, model.name);
  const promptTokens = chat.countsFirst ? await count() : undefined;
  request.signal?.throwIfAborted();
  if (promptTokens !== undefined && promptTokens > known) throw new PromptTooLongError(promptTokens, known);
  const sampling = samplingOf(request, model, known - (promptTokens ?? 0));
  const body = chat.body({ ...sampling, messages });
  return {
    call: { path: chat.path, framing, body, read: chat.reader(), maxTokens: sampling.maxTokens },
    promptTokens,
    contextLimit: known,
    count,
  };
}

/**
 * The conversation of a request with images.
 *
 * @throws {EngineChatError} it begins the answer: a server would begin another after it.
 */
export function chatOf({ chat = [] }: CountTokensOptions): readonly EngineMessage[] {
  if (chat.length === 0) throw new EngineChatError("a prompt without its conversation");
  if (chat.at(-1)?.role === "assistant") throw new EngineChatError("the beginning of an answer");
  return chat;
}

/** @param room - tokens that the context has left for the answer */
function samplingOf(request: GenerateRequest, { name }: ServedModel, room: number): Sampling {
  return {
    model: name,
    maxTokens: Math.max(1, Math.min(request.maxTokens, room)),
    temperature: request.temperature,
    // 0 turns it off for a caller, and is refused by vLLM
    topP: request.topP === 0 ? 1 : request.topP,
    seed: request.seed,
  };
}
