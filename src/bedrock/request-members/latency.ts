import { BedrockException } from "../errors/index.js";
import type { LlamaModel } from "../model-ids/index.js";

/** How fast the caller wants the model to be. In the order in which Bedrock's message lists the values (quoted). */
export const LATENCIES = ["optimized", "standard"] as const;
export type Latency = (typeof LATENCIES)[number];

/** The regions in which a model's latency can be optimized (user guide, latency-optimized inference). */
const OPTIMIZED: ReadonlyMap<string, readonly string[]> = new Map([
  ["meta.llama3-1-70b-instruct-v1:0", ["us-east-2", "us-west-2"]],
  ["meta.llama3-1-405b-instruct-v1:0", ["us-east-2"]],
]);

/** How a request names its model. */
export interface NamedModel {
  readonly model: LlamaModel;
  /** Whether it is named by its own id, not by an inference profile. */
  readonly bare: boolean;
  /** The region that the request is for. */
  readonly region: string;
}

/**
 * Refuses optimized latency where a model doesn't have it: for most models, in most regions (documented), and without an inference
 * profile (documented, and seen with another model). The message is quoted of other models. That its id is the model's own, also
 * where the request names a profile, is inferred.
 *
 * @throws {BedrockException} `ValidationException`
 */
export function checkLatency(latency: Latency | undefined, { model, bare, region }: NamedModel): void {
  if (latency !== "optimized") return;
  if (!bare && OPTIMIZED.get(model.id)?.includes(region)) return;
  throw new BedrockException(
    "ValidationException",
    `Latency performance configuration is not supported for ${model.id} in ${region}`,
  );
}
