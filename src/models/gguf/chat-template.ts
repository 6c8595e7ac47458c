import { describeGguf } from "./describe-gguf.js";

/**
 * The chat template in a GGUF: how a conversation is written for its model, in Jinja. Undefined where it has none, or can't be read:
 * what's wrong with it is for those to say who load it.
 */
export async function chatTemplateOf(modelFile: string): Promise<string | undefined> {
  try {
    return (await describeGguf(modelFile)).chatTemplate;
  } catch {
    return undefined;
  }
}
