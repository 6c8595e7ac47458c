/** A system-defined inference profile of a Llama model. */
export interface ProfileData {
  readonly id: string;
  readonly name: string;
  /** The regions that requests are routed to, by the region they are sent to. */
  readonly routes: Readonly<Record<string, readonly string[]>>;
  /** ISO 8601; undefined if unknown. */
  readonly times: { readonly createdAt: string; readonly updatedAt: string } | undefined;
}

type Routes = ProfileData["routes"];

const E1 = "us-east-1";
const E2 = "us-east-2";
const W1 = "us-west-1";
const W2 = "us-west-2";
const EUROPE = ["eu-central-1", "eu-west-1", "eu-west-3"];

/** Routes from each source to the same destinations. */
function between(sources: readonly string[], destinations: readonly string[] = sources): Routes {
  return Object.fromEntries(sources.map((source) => [source, destinations]));
}

const US_3_1 = between([E1, E2, W2]);
const US_3_1_405B = between([E2], [W2, E1, E2]);
const US_3_2: Routes = { ...between([E1, W2]), [E2]: [E1, E2, W2] };
const US_3_3 = between([E1, E2, W2], [E2, E1, W2]);
const US_4: Routes = { ...between([E1, E2, W2]), [W1]: [E1, E2, W1, W2] };
const EU_3_2 = between(EUROPE);

/**
 * Every inference profile of a Llama model that Bedrock documents. Names and routes come from the user guide, "Supported Regions
 * and models for inference profiles". The order, the times and the order of destinations come from a user's dump of
 * ListInferenceProfiles in us-east-2 in July 2025. The times of the European profiles are unknown.
 */
export const llamaProfiles: readonly ProfileData[] = [
  us("3-2-1b", "Meta Llama 3.2 1B Instruct", US_3_2, "2024-11-01T00:00:00Z", "2024-11-04T17:49:37.317261Z"),
  us("3-2-11b", "Meta Llama 3.2 11B Instruct", US_3_2, "2024-11-01T00:00:00Z", "2024-11-04T17:51:12.585652Z"),
  us("3-2-3b", "Meta Llama 3.2 3B Instruct", US_3_2, "2024-11-01T00:00:00Z", "2024-11-04T17:53:06.322183Z"),
  us("3-2-90b", "Meta Llama 3.2 90B Instruct", US_3_2, "2024-11-01T00:00:00Z", "2024-11-04T17:53:40.020166Z"),
  us("3-1-8b", "Meta Llama 3.1 8B Instruct", US_3_1, "2024-11-01T00:00:00Z", "2024-11-04T18:05:38.433816Z"),
  us("3-1-70b", "Meta Llama 3.1 70B Instruct", US_3_1, "2024-11-01T00:00:00Z", "2024-11-04T18:05:51.722191Z"),
  us(
    "3-1-405b",
    "Meta Llama 3.1 Instruct 405B",
    US_3_1_405B,
    "2024-12-02T00:00:00Z",
    "2024-12-03T03:23:11.137842Z",
  ),
  us("3-3-70b", "Meta Llama 3.3 70B Instruct", US_3_3, "2024-12-14T19:17:00Z", "2024-12-19T19:55:55.413630Z"),
  us(
    "4-scout-17b",
    "Llama 4 Scout 17B Instruct",
    US_4,
    "2025-04-25T00:00:00Z",
    "2025-04-29T05:05:26.277148Z",
  ),
  us(
    "4-maverick-17b",
    "Llama 4 Maverick 17B Instruct",
    US_4,
    "2025-04-25T00:00:00Z",
    "2025-04-29T05:05:48.415349Z",
  ),
  eu("3-2-3b", "Meta Llama 3.2 3B Instruct"),
  eu("3-2-1b", "Meta Llama 3.2 1B Instruct"),
];

function us(part: string, name: string, routes: Routes, createdAt: string, updatedAt: string): ProfileData {
  return {
    id: `us.meta.llama${part}-instruct-v1:0`,
    name: `US ${name}`,
    routes,
    times: { createdAt, updatedAt },
  };
}

function eu(part: string, name: string): ProfileData {
  return { id: `eu.meta.llama${part}-instruct-v1:0`, name: `EU ${name}`, routes: EU_3_2, times: undefined };
}
