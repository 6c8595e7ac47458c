import type { ConverseStopReason } from "../../../bedrock/index.js";
import type { Generation, StopReason } from "../../../engine/index.js";
import { endedWithoutReason, type TokenMeter } from "../../generation/index.js";
import { StopSequences } from "./stop-sequences.js";

/** The text that a token released, and, in the last delta, why the turn ended. */
export interface Delta {
  readonly text: string;
  readonly stopReason: ConverseStopReason | null;
}

/** Why the model's text ended; whether it calls tools is not known here. */
const STOP_REASONS: Readonly<Record<StopReason, ConverseStopReason>> = {
  stop: "end_turn",
  length: "max_tokens",
};

/**
 * A generation as Converse sends it: one delta a token, cut at the first stop sequence. The token that completes the sequence is the
 * last, and is counted.
 *
 * @throws {EngineStoppedError} the engine failed; other errors of the generation pass through.
 */
export async function* converseDeltas(
  generation: Generation,
  sequences: readonly string[],
  meter: TokenMeter,
): AsyncGenerator<Delta, void, undefined> {
  const stop = new StopSequences(sequences);
  for await (const token of generation) {
    meter.add();
    const { text, stopped } = stop.push(token.text);
    if (stopped) {
      yield { text, stopReason: "stop_sequence" };
      return;
    }
    if (token.stopReason === null) {
      yield { text, stopReason: null };
      continue;
    }
    yield { text: text + stop.flush(), stopReason: STOP_REASONS[token.stopReason] };
    return;
  }
  throw endedWithoutReason();
}
