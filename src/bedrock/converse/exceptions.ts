import { BedrockException, malformedInput, promptTooLong } from "../errors/index.js";
import type { Role } from "../message.js";
import type { MisusedUnion } from "./union.js";

// The messages with which Converse refuses a request. "Quoted" means: verbatim, from users' reports of Bedrock's answers.

/** A refusal in these words. */
export function refusal(message: string): BedrockException {
  return new BedrockException("ValidationException", message);
}

/** What the model itself refuses, in the words of InvokeModel. The beginning is quoted. */
export function modelRefusal(message: string): BedrockException {
  return refusal(`The model returned the following errors: ${message}`);
}

/** There is no message, or the first one isn't the user's. Quoted. */
export function notStartingWithUser(): BedrockException {
  return refusal(
    "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
  );
}

/** Two consecutive turns have the same role. Quoted. */
export function notAlternating(): BedrockException {
  return refusal(
    "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
  );
}

/** The last turn is the assistant's. Quoted, of Llama 3 8B; for the other Llama models inferred. */
export function notEndingWithUser(): BedrockException {
  return refusal(
    "The model that you are using requires the last turn in the conversation to be a user message. Add a user message to the conversation and try again.",
  );
}

/** A message has no content. Quoted. @param index - the index of the message, from 0 */
export function emptyContent(index: number): BedrockException {
  return refusal(
    `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
  );
}

/** A text is empty or white space only. Quoted for `ContentBlock`, inferred for `SystemContentBlock`. */
export function blankText(shape: "ContentBlock" | "SystemContentBlock", at: string): BedrockException {
  return refusal(
    `The text field in the ${shape} object at ${at} is blank. Add text to the text field, and try again.`,
  );
}

/** The members of `ContentBlock` as Bedrock's messages list them: neither all, nor in the API model's order. Quoted. */
const CONTENT_BLOCK_KEYS =
  "text, image, toolUse, toolResult, document, video, cachePoint, reasoningContent, citationsContent, searchResult";

/**
 * A union sets none or several of its members. Both are quoted for `ContentBlock`, the first for `DocumentSource` too; for the other
 * unions inferred.
 */
export function unionMisused({ shape, members, set }: MisusedUnion, at: string): BedrockException {
  const keys = shape === "ContentBlock" ? CONTENT_BLOCK_KEYS : members.join(", ");
  const must = set === "none" ? "must set" : "can only set";
  return refusal(`${shape} object at ${at} ${must} one of the following keys: ${keys}.`);
}

/** Quoted for images and videos, of other models too; for other blocks inferred. @param member - such as `image` */
export function contentBlockUnsupported(member: string): BedrockException {
  return refusal(
    `This model doesn't support the ${member} content block that you provided. Update the content block and try again.`,
  );
}

/** Inferred from the refusal of other blocks. @param member - such as `guardContent` */
export function systemBlockUnsupported(member: string): BedrockException {
  return refusal(
    `This model doesn't support the ${member} system content block that you provided. Update the content block and try again.`,
  );
}

/**
 * The model doesn't support a field. Quoted for `outputConfig` and `toolConfig.toolChoice.any`, both of Llama models, and for
 * `toolConfig.toolChoice.tool` and `searchResult`, of others; for every other field inferred.
 *
 * With a role it is quoted for the reasoning of an assistant, of other models. Inferred is its use for a call of a tool in a message of
 * the user, for a result in one of the assistant, and for the assistant's images and documents, which only users may send (documented).
 *
 * @param field - its name, or its path with indexes from 0
 * @param role - of the messages that can't have it; undefined if none can
 */
export function fieldUnsupported(field: string, role?: Role): BedrockException {
  const where = role === undefined ? "" : ` for ${role} messages`;
  return refusal(`This model doesn't support the ${field} field${where}. Remove ${field} and try again.`);
}

/**
 * A message repeats a model's reasoning. Quoted of other models.
 *
 * @param field - what is set, such as `reasoningContent.reasoningText.text`
 */
export function reasoningUnsupported(role: Role, field: string): BedrockException {
  if (role === "assistant") return fieldUnsupported(field, role);
  return refusal(
    "User messages cannot contain reasoning content. Please remove the reasoning content and try again.",
  );
}

/** The request has a cache point. Quoted of several models that can't cache prompts; for Llama models inferred. */
export function promptCachingUnsupported(): BedrockException {
  return new BedrockException(
    "AccessDeniedException",
    "You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.",
  );
}

/** The message has a document. Quoted. */
export function documentsUnsupported(): BedrockException {
  return refusal("This model doesn't support documents.");
}

/** The conversation uses tools. Both messages are quoted, for Llama models. */
export function toolUseUnsupported(streaming: boolean): BedrockException {
  return refusal(`This model doesn't support tool use${streaming ? " in streaming mode" : ""}.`);
}

/** `maxTokens` is beyond the model's limit. Quoted. @param limit - in tokens */
export function maxTokensTooHigh(limit: number): BedrockException {
  return refusal(
    `The maximum tokens you requested exceeds the model limit of ${limit}. Try again with a maximum tokens value that is lower than ${limit}.`,
  );
}

/** `additionalModelRequestFields` break the schema of the native request. @param violations - in InvokeModel's words */
export function additionalFieldsInvalid(violations: string): BedrockException {
  return modelRefusal(malformedInput(violations).message);
}

/**
 * `additionalModelRequestFields` double a member of the request. Quoted of another model, whose field is `max_tokens`.
 *
 * @param field - the additional field
 * @param existing - the member that it doubles
 */
export function additionalFieldConflicts(field: string, existing: string): BedrockException {
  return refusal(
    `The additional field ${field} conflicts with the existing field ${existing}. Remove ${field} and try again.`,
  );
}

/**
 * The prompt leaves no room in the context. Quoted, of Llama 3.1 and later; for Llama 2 and 3 inferred.
 *
 * @param contextLength - in tokens
 */
export function contextOverrun(contextLength: number): BedrockException {
  return modelRefusal(promptTooLong(contextLength).message);
}

/** A base model doesn't take conversations. Quoted. */
export function notAChatModel(): BedrockException {
  return refusal(
    "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
  );
}

/** A path isn't a JSON pointer. Inferred; documented is only the status, 400. */
export function invalidResponsePath(path: string): BedrockException {
  return refusal(`The additionalModelResponseFieldPaths value ${path} isn't a valid JSON pointer.`);
}

/** `toolConfig.tools` is empty. Quoted, of another model. */
export function noTools(): BedrockException {
  return refusal("The provided request is not valid");
}

/** A document isn't a JSON object. Quoted for the schema of a tool's input, a call's input and a result's `json`. */
export function documentNotObject(at: string): BedrockException {
  return refusal(
    `The format of the value at ${at} is invalid. Provide a json object for the field and try again.`,
  );
}

/** The schema of a tool's input isn't one of an object. Quoted, also of Llama models. */
export function schemaTypeNotObject(at: string): BedrockException {
  return refusal(`The value at ${at} must be one of the following: object.`);
}

/** The schema of a tool's input isn't a JSON schema. Quoted. @param errors - each on a line */
export function schemaInvalid(at: string, errors: readonly string[]): BedrockException {
  return refusal(
    `The json schema definition at ${at} is invalid. Fix the following errors and try again: ${errors.join("\n")}`,
  );
}

/** Two tools have one name. Quoted. @param index - the index of the second, from 0 */
export function toolAlreadyDefined(name: string, index: number): BedrockException {
  return refusal(`The tool ${name} is already defined at toolConfig.tools.${index}.`);
}

/** There are calls or results of tools, but no `toolConfig`. Quoted. */
export function toolConfigMissing(): BedrockException {
  return refusal("The toolConfig field must be defined when using toolUse and toolResult content blocks.");
}

/** A user's turn has results of tools and something else. Quoted, of Llama models. @param index - the turn's index, from 0 */
export function toolResultNotAlone(index: number): BedrockException {
  return refusal(
    `messages.${index}.content: Conversation blocks and tool result blocks cannot be provided in the same turn.`,
  );
}

/** An assistant's turn has calls of tools and something else. Quoted, of Llama models. @param index - as above */
export function toolUseNotAlone(index: number): BedrockException {
  return refusal(
    `messages.${index}.content: Conversation blocks and tool use blocks cannot be provided in the same turn.`,
  );
}

/** A turn has more results of tools than the turn before it has calls. Quoted. @param index - as above */
export function tooManyToolResults(index: number): BedrockException {
  return refusal(
    `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
  );
}

/** Calls of tools have no result in the next turn. Quoted, without a full stop. @param index - the index of that turn */
export function toolResultsMissing(index: number, ids: readonly string[]): BedrockException {
  return refusal(
    `Expected toolResult blocks at messages.${index}.content for the following Ids: ${ids.join(", ")}`,
  );
}

/** Two blocks of a turn have one id. Quoted for both blocks; the end without a full stop is inferred. */
export function duplicateToolUseIds(
  block: "toolUse" | "toolResult",
  index: number,
  ids: readonly string[],
): BedrockException {
  return refusal(`The ${block} blocks at messages.${index}.content contain duplicate Ids: ${ids.join(", ")}`);
}

/** A failed tool's result is empty. Quoted. @param at - the block's place */
export function emptyToolError(at: string): BedrockException {
  return refusal(`The content field at ${at}.toolResult cannot be empty when status value is error.`);
}
