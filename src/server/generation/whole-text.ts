import { EngineStoppedError, type Generation, type StopReason } from "../../engine/index.js";
import type { TokenMeter } from "./token-meter.js";

/**
 * A generation's text, whole.
 *
 * @throws {EngineStoppedError} the engine failed; and whatever else iterating throws.
 */
export async function wholeText(
  generation: Generation,
  meter: TokenMeter,
): Promise<{ readonly text: string; readonly stopReason: StopReason }> {
  let text = "";
  for await (const token of generation) {
    meter.add(token);
    text += token.text;
    if (token.stopReason !== null) return { text, stopReason: token.stopReason };
  }
  throw endedWithoutReason();
}

/** The engine broke its promise that the last token tells why it's the last. */
export function endedWithoutReason(): EngineStoppedError {
  return new EngineStoppedError("The generation ended without a reason.");
}
