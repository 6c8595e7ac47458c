import { type Message, parseModelId, textMessage } from "../bedrock/index.js";
import { promptFormats, textOf } from "../prompt/index.js";
import { UnknownPromptFormatError } from "./errors.js";
import { DEFAULT_MODEL_ID, type LlamaMessage, type LlamaOptions } from "./options.js";

/** What both operations of the SDK take. */
export interface LlamaRequest {
  readonly modelId: string;
  readonly contentType: "application/json";
  readonly body: string;
}

/**
 * Builds the native request; a key that wasn't given is left out, so that Bedrock's own default holds.
 *
 * @throws {TypeError} the options contradict each other.
 * @throws {UnknownPromptFormatError} messages can't be rendered for the model id.
 */
export function buildRequest(options: LlamaOptions): LlamaRequest {
  const { modelId = DEFAULT_MODEL_ID, maxGenLen, temperature, topP, seed, on } = options;
  if (on === "aws" && seed !== undefined)
    throw new TypeError("Amazon Bedrock takes no seed: leave `seed` out.");
  const body = {
    prompt: promptOf(options, modelId),
    max_gen_len: maxGenLen,
    temperature,
    top_p: topP,
  };
  return { modelId, contentType: "application/json", body: JSON.stringify(body) };
}

/** {@link LlamaOptions} as a caller without types may give them. */
interface LooseInput {
  readonly prompt?: string;
  readonly messages?: readonly LlamaMessage[];
  readonly system?: string;
}

function promptOf({ prompt, messages, system }: LooseInput, modelId: string): string {
  if ((prompt === undefined) === (messages === undefined)) {
    throw new TypeError("Give either `prompt` or `messages`.");
  }
  if (messages !== undefined) {
    const preamble = system === undefined ? [] : [textMessage("system", system)];
    const turns = messages.map(({ role, content }) => textMessage(role, content));
    return renderMessages(modelId, [...preamble, ...turns]);
  }
  if (system !== undefined)
    throw new TypeError("`system` goes with `messages`; write it into `prompt` itself.");
  return prompt ?? "";
}

/**
 * Writes messages as a prompt in the format that the model named was trained on. A base model was trained on none: a single
 * user message goes to it as it is.
 *
 * @throws {UnknownPromptFormatError} no format is known for the id, or a conversation is meant for a base model.
 */
function renderMessages(modelId: string, messages: readonly Message[]): string {
  const model = parseModelId(modelId)?.model;
  if (!model) throw new UnknownPromptFormatError(modelId, "it's no Llama model id that Cria knows.");
  if (model.kind === "base") {
    const [only] = messages;
    if (messages.length === 1 && only?.role === "user") return textOf(only);
    throw new UnknownPromptFormatError(modelId, "a base model continues text and knows no turns.");
  }
  return promptFormats[model.family].render(messages);
}
