import { type LlamaModel, modelArn, type OpaqueArn, partitionOf } from "../model-ids/index.js";
import { llamaProfiles } from "./profile-data.js";

/** A profile as ListInferenceProfiles and GetInferenceProfile return it (API model). */
export interface InferenceProfile {
  readonly inferenceProfileName: string;
  /** Absent if unknown. */
  readonly description?: string;
  /** ISO 8601; absent if unknown. */
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly inferenceProfileArn: string;
  readonly models: readonly { readonly modelArn: string }[];
  readonly inferenceProfileId: string;
  readonly status: "ACTIVE";
  /** Who defined the profile: Bedrock or an account. */
  readonly type: (typeof INFERENCE_PROFILE_TYPES)[number];
}

/** In the order of the API model. */
export const INFERENCE_PROFILE_TYPES = ["SYSTEM_DEFINED", "APPLICATION"] as const;

/** The account in the ARNs of profiles: the example of Amazon's documentation. Bedrock names the caller's account (inferred). */
const PROFILE_ACCOUNT = "123456789012";

/** The profiles that can be called from a region, in the order of a user's dump. */
export function inferenceProfilesOf(region: string): readonly InferenceProfile[] {
  return llamaProfiles
    .filter(({ routes }) => Object.hasOwn(routes, region))
    .map(({ id }) => describeProfile(id, region, undefined));
}

/**
 * One profile.
 *
 * Cria accepts any profile prefix with any model in any region, more than Bedrock has, and every profile that can be called can be
 * looked up. A profile that Bedrock doesn't document routes to the caller's region alone (inferred).
 *
 * @param profile - the region prefix of its id, such as `us`
 */
export function inferenceProfile(profile: string, model: LlamaModel, region: string): InferenceProfile {
  return describeProfile(`${profile}.${model.id}`, region, `${profile.toUpperCase()} Meta ${model.name}`);
}

/**
 * The profile that an account made for a model. Its name, its description and its times are known to Bedrock alone: the name is the
 * last part of the ARN here, and the rest is left out. It routes to the ARN's region alone (inferred).
 */
export function applicationProfile({ text, id, region }: OpaqueArn, model: LlamaModel): InferenceProfile {
  return {
    inferenceProfileName: id,
    inferenceProfileArn: text,
    models: [{ modelArn: modelArn(region, model.id) }],
    inferenceProfileId: id,
    status: "ACTIVE",
    type: "APPLICATION",
  };
}

/** Whether a profile that can be called from a region routes to a model (documented). */
export function hasProfile({ id }: LlamaModel, region: string): boolean {
  return llamaProfiles.some(
    (profile) => profile.id.endsWith(`.${id}`) && Object.hasOwn(profile.routes, region),
  );
}

function describeProfile(id: string, region: string, otherName: string | undefined): InferenceProfile {
  const known = llamaProfiles.find((profile) => profile.id === id);
  const name = known?.name ?? otherName ?? id;
  const regions = known ? (known.routes[region] ?? Object.values(known.routes)[0] ?? []) : [region];
  const modelId = id.slice(id.indexOf(".") + 1);
  return {
    inferenceProfileName: name,
    description: `Routes requests to ${name.slice(name.indexOf(" ") + 1)} in ${enumerate(regions)}.`,
    ...known?.times,
    inferenceProfileArn: `arn:${partitionOf(region)}:bedrock:${region}:${PROFILE_ACCOUNT}:inference-profile/${id}`,
    models: regions.map((each) => ({ modelArn: modelArn(each, modelId) })),
    inferenceProfileId: id,
    status: "ACTIVE",
    type: "SYSTEM_DEFINED",
  };
}

/** Joins words as Bedrock's descriptions do: `a, b and c`. */
function enumerate(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}
