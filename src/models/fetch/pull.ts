import type { PulledWeights, PullOptions } from "./pull-weights.js";

/**
 * Fetches the weights of a Bedrock model, so that it's served for real from then on. What is here already isn't fetched
 * again; what came before a cut or an abort is kept and gone on from. Every byte is checked against the checksum that the
 * catalogue knows, or else against the one that the hub names before the first byte comes.
 *
 * @param modelId - in any form that Bedrock takes
 * @throws {UnknownModelError} {@link NoWeightsError} the catalogue has no such weights
 * @throws {ModelUnavailableError} the hub can't be reached, refuses, or has another file
 * @throws {DiskFullError} {@link HomeNotWritableError} there is no room for all of it, or it can't be written
 * @throws `signal.reason` once aborted
 */
export async function pullWeights(modelId: string, options?: PullOptions): Promise<PulledWeights> {
  // what speaks to a hub takes a while to import, and most commands never do
  const { pull } = await import("./pull-weights.js");
  return pull(modelId, options);
}
