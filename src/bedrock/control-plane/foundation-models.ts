import { type LlamaModel, llamaModels, modelArn } from "../model-ids/index.js";
import { hasProfile } from "./inference-profiles.js";
import { lifecycleOf, type ModelLifecycle } from "./lifecycle.js";

/** The modalities of input and output, in the order of Bedrock's messages (inferred). */
export const MODEL_MODALITIES = ["TEXT", "IMAGE", "EMBEDDING"] as const;

/** The ways to customize a model (API model; the order is inferred). */
export const MODEL_CUSTOMIZATIONS = ["FINE_TUNING", "CONTINUED_PRE_TRAINING", "DISTILLATION"] as const;

/** The inference types that a query can filter by. `INFERENCE_PROFILE` is in no API model, but in every dump of users. */
export const INFERENCE_TYPES = ["ON_DEMAND", "PROVISIONED"] as const;

export type ModelModality = (typeof MODEL_MODALITIES)[number];
export type ModelCustomization = (typeof MODEL_CUSTOMIZATIONS)[number];
export type InferenceType = (typeof INFERENCE_TYPES)[number] | "INFERENCE_PROFILE";

/** A model as ListFoundationModels and GetFoundationModel return it (API model). The keys are in the order of users' dumps. */
export interface FoundationModel {
  readonly modelArn: string;
  readonly modelId: string;
  readonly modelName: string;
  readonly providerName: string;
  readonly inputModalities: readonly ModelModality[];
  readonly outputModalities: readonly ModelModality[];
  readonly responseStreamingSupported: boolean;
  readonly customizationsSupported: readonly ModelCustomization[];
  readonly inferenceTypesSupported: readonly InferenceType[];
  readonly modelLifecycle: ModelLifecycle;
}

/**
 * The only regions where models newer than Llama 3 can be called without a profile, by the beginning of their ids: Llama 3.1 from
 * users' dumps and the user guide, Llama 3.3 from the user guide alone. Llama 3.2 and 4 have none.
 */
const ON_DEMAND_REGIONS: readonly (readonly [start: string, region: string])[] = [
  ["meta.llama3-1-", "us-west-2"],
  ["meta.llama3-3-", "us-east-2"],
];

/**
 * Every Llama model. An id with a context length comes before the one without (users' dumps of ListFoundationModels in us-east-1
 * and us-west-2, 2024). Bedrock lists the models of a region; here, every region has all of them, those that Bedrock has retired too:
 * what is listed can be called.
 */
export function foundationModels(region: string): readonly FoundationModel[] {
  return llamaModels.flatMap((model) => [
    ...model.variants.map((variant) => foundationModel(model, model.id + variant, region)),
    foundationModel(model, model.id, region),
  ]);
}

/** One model. @param id - the model's id, with or without its context length */
export function foundationModel(model: LlamaModel, id: string, region: string): FoundationModel {
  const isVariant = id !== model.id;
  return {
    modelArn: modelArn(region, id),
    modelId: id,
    modelName: model.name,
    providerName: "Meta",
    inputModalities: model.vision ? ["TEXT", "IMAGE"] : ["TEXT"],
    outputModalities: ["TEXT"],
    responseStreamingSupported: true,
    customizationsSupported: isVariant && isCustomizable(model) ? ["FINE_TUNING"] : [],
    inferenceTypesSupported: isVariant ? variantTypes(model) : inferenceTypes(model, region),
    modelLifecycle: lifecycleOf(model),
  };
}

/** True for the base models of Llama 2 (users' dumps) and for Llama 3.1 to 3.3 (user guide, models for fine-tuning). */
function isCustomizable({ family, kind }: LlamaModel): boolean {
  return kind === "base" || family === "llama-3-1";
}

/** From users' dumps for Llama 2; inferred for the others. */
function variantTypes({ kind }: LlamaModel): readonly InferenceType[] {
  return kind === "base" ? [] : ["PROVISIONED"];
}

/**
 * Whether a model can be called in a region by its own id, not only by that of an inference profile.
 *
 * @param id - the model's id, with or without its context length
 */
export function isOnDemand(model: LlamaModel, id: string, region: string): boolean {
  return foundationModel(model, id, region).inferenceTypesSupported.includes("ON_DEMAND");
}

/** From users' dumps of us-east-1 (2024 to 2026) and us-west-2 (2024). */
function inferenceTypes(model: LlamaModel, region: string): readonly InferenceType[] {
  const { id, family, kind } = model;
  if (kind === "base") return [];
  if (family === "llama-2" || family === "llama-3") return ["ON_DEMAND"];
  if (!ON_DEMAND_REGIONS.some(([start, where]) => id.startsWith(start) && where === region)) {
    return ["INFERENCE_PROFILE"];
  }
  return hasProfile(model, region) ? ["ON_DEMAND", "INFERENCE_PROFILE"] : ["ON_DEMAND"];
}
