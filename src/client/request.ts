import { type Message, parseModelId, textMessage } from "../bedrock/index.js";
import { promptFormats, textOf } from "../prompt/index.js";
import { UnknownPromptFormatError } from "./errors.js";
import { DEFAULT_MODEL_ID, type LlamaMessage, type LlamaOptions } from "./options.js";

/** The input of both SDK commands. */
export interface LlamaRequest {
  readonly modelId: string;
  readonly contentType: "application/json";
  readonly body: string;
}

/**
 * Builds the native request. Options that aren't given are left out, so that Bedrock's defaults apply.
 *
 * @throws {TypeError} the options contradict each other.
 * @throws {UnknownPromptFormatError} the messages can't be rendered for the model id.
 */
export function buildRequest(options: LlamaOptions): LlamaRequest {
  const { modelId = DEFAULT_MODEL_ID, maxGenLen, temperature, topP, seed, on } = options;
  if (on === "aws" && seed !== undefined)
    throw new TypeError("Amazon Bedrock has no seed: leave out `seed`.");
  const body = {
    prompt: promptOf(options, modelId),
    max_gen_len: maxGenLen,
    temperature,
    top_p: topP,
  };
  return { modelId, contentType: "application/json", body: JSON.stringify(body) };
}

/** {@link LlamaOptions} from a caller without type checks. */
interface UncheckedInput {
  readonly prompt?: string;
  readonly messages?: readonly LlamaMessage[];
  readonly system?: string;
}

function promptOf({ prompt, messages, system }: UncheckedInput, modelId: string): string {
  if ((prompt === undefined) === (messages === undefined)) {
    throw new TypeError("Give either `prompt` or `messages`.");
  }
  if (messages !== undefined) {
    const preamble = system === undefined ? [] : [textMessage("system", system)];
    const turns = messages.map(({ role, content }) => textMessage(role, content));
    return renderMessages(modelId, [...preamble, ...turns]);
  }
  if (system !== undefined)
    throw new TypeError("`system` needs `messages`: with `prompt`, write it into the prompt.");
  return prompt ?? "";
}

/**
 * Renders messages in the prompt format that the model was trained on. A base model has no format: it takes a single user message,
 * unchanged.
 *
 * @throws {UnknownPromptFormatError} the id is unknown, or a base model is given anything but a single user message.
 */
function renderMessages(modelId: string, messages: readonly Message[]): string {
  const model = parseModelId(modelId)?.model;
  if (!model) throw new UnknownPromptFormatError(modelId, "it isn't a Llama model id that Cria knows.");
  if (model.kind === "base") {
    const [only] = messages;
    if (messages.length === 1 && only?.role === "user") return textOf(only);
    throw new UnknownPromptFormatError(modelId, "a base model continues text and has no chat format.");
  }
  return promptFormats[model.family].render(messages);
}
