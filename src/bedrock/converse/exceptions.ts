import { BedrockException } from "../errors/index.js";

// Converse's refusals, verbatim where users have quoted them. Each case has a function, so that a message is in one place.

function refusal(message: string): BedrockException {
  return new BedrockException("ValidationException", message);
}

/** There is no message, or the first isn't the user's. Quoted. */
export function notStartingWithUser(): BedrockException {
  return refusal(
    "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
  );
}

/** Two turns of one role follow each other. Quoted. */
export function notAlternating(): BedrockException {
  return refusal(
    "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
  );
}

/** The last turn is the assistant's. Quoted; that Llama is among the models that refuse it is inferred. */
export function lastTurnNotUsers(): BedrockException {
  return refusal(
    "The model that you are using requires the last turn in the conversation to be a user message. Add a user message to the conversation and try again.",
  );
}

/** A message has no content. Quoted. @param index - of the message, from 0 */
export function emptyContent(index: number): BedrockException {
  return refusal(
    `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
  );
}

/** A text is empty, or white space only. Quoted of `ContentBlock`; of `SystemContentBlock` inferred. */
export function blankText(shape: "ContentBlock" | "SystemContentBlock", at: string): BedrockException {
  return refusal(
    `The text field in the ${shape} object at ${at} is blank. Add text to the text field, and try again.`,
  );
}

/** A block has no member that the API knows. The beginning is quoted; the list is the API model's. */
export function contentBlockUnset(at: string, members: readonly string[]): BedrockException {
  return refusal(
    `The ContentBlock object at ${at} must set one of the following keys: ${members.join(", ")}.`,
  );
}

/** Quoted, of images. @param member - such as `image` */
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

/** Quoted. */
export function documentsUnsupported(): BedrockException {
  return refusal("This model doesn't support documents.");
}

/** Both quoted, of Llama models. */
export function toolUseUnsupported(streaming: boolean): BedrockException {
  return refusal(`This model doesn't support tool use${streaming ? " in streaming mode" : ""}.`);
}

/** Quoted. @param limit - tokens */
export function maxTokensTooHigh(limit: number): BedrockException {
  return refusal(
    `The maximum tokens you requested exceeds the model limit of ${limit}. Try again with a maximum tokens value that is lower than ${limit}.`,
  );
}

/** What the model says of `additionalModelRequestFields`. The beginning is quoted. @param violations - as InvokeModel has them */
export function modelRefused(violations: string): BedrockException {
  return refusal(
    `The model returned the following errors: Malformed input request: ${violations}, please reformat your input and try again.`,
  );
}

/** A base model has no turns. Quoted. */
export function notAChatModel(): BedrockException {
  return refusal(
    "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
  );
}

/** Inferred; the documentation says that such a path is refused with status 400. */
export function invalidResponsePath(path: string): BedrockException {
  return refusal(`The additionalModelResponseFieldPaths value ${path} isn't a valid JSON pointer.`);
}
