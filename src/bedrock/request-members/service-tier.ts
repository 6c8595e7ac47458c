import { BedrockException } from "../errors/index.js";

/** The only tier that Llama models are served in. */
const DEFAULT_TIER = "default";

/** Tiers of the API model that other models have. Llama models refuse `flex` (seen by a user); for `priority` that is inferred. */
const OTHER_TIERS: ReadonlySet<string> = new Set(["flex", "priority"]);

/**
 * Refuses a service tier that Llama models don't have. All messages are quoted, of several models. A word that is no tier is no
 * violation of the API model's enumeration, but has a message of its own.
 *
 * @throws {BedrockException} `ValidationException`
 */
export function checkServiceTier(tier: string | undefined): void {
  if (tier === undefined || tier === DEFAULT_TIER) return;
  throw new BedrockException("ValidationException", messageFor(tier));
}

function messageFor(tier: string): string {
  if (tier === "reserved") return "Reservation not found.";
  if (OTHER_TIERS.has(tier)) return "The provided service tier is not supported for this model.";
  return "service tier provided is invalid";
}
