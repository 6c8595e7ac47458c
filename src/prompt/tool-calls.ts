import type { Tool } from "../bedrock/index.js";

/** A model's call of a tool, as it wrote it. */
export interface ToolCall {
  /** The name of a declared tool. */
  readonly name: string;
  /** The arguments as compact JSON, an object, with every number and key as the model wrote it. */
  readonly inputJson: string;
}

/**
 * Reads the calls out of a model's whole answer.
 *
 * @param tools - those that were declared: a call of any other is text
 * @returns undefined if the answer is text
 */
export function readToolCalls(_answer: string, _tools: readonly Tool[]): readonly ToolCall[] | undefined {
  return undefined;
}
