import { MODEL } from "../support/start.js";

/** The path of one of Converse's operations. */
export function converse(operation: string): string {
  return `/model/${MODEL}/${operation}`;
}

export const CONVERSE_BODY = '{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}';
