import { type LlamaModel, llamaModels, modelArn } from "../model-ids/index.js";
import { hasProfile } from "./inference-profiles.js";

/** What models take and give. In the order of Bedrock's messages, which is inferred. */
export const MODEL_MODALITIES = ["TEXT", "IMAGE", "EMBEDDING"] as const;

/** How models can be customized (API model; its order is inferred). */
export const MODEL_CUSTOMIZATIONS = ["FINE_TUNING", "CONTINUED_PRE_TRAINING", "DISTILLATION"] as const;

/** The ways of calling that can be asked for. That there is `INFERENCE_PROFILE` too is in no API model, but in every dump. */
export const INFERENCE_TYPES = ["ON_DEMAND", "PROVISIONED"] as const;

export type ModelModality = (typeof MODEL_MODALITIES)[number];
export type ModelCustomization = (typeof MODEL_CUSTOMIZATIONS)[number];
export type InferenceType = (typeof INFERENCE_TYPES)[number] | "INFERENCE_PROFILE";

/** What ListFoundationModels tells of a model; GetFoundationModel tells the same (API model). Keys in the order of users' dumps. */
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
  readonly modelLifecycle: { readonly status: "ACTIVE" | "LEGACY" };
}

/** Where the models of Llama 3.1 could be called without a profile. */
const OREGON = "us-west-2";

/**
 * Every Llama model, each id with a context length before the one without (dumps of ListFoundationModels by users, us-east-1 and
 * us-west-2, 2024). Bedrock lists what a region has; here each has all.
 */
export function foundationModels(region: string): readonly FoundationModel[] {
  return llamaModels.flatMap((model) => [
    ...model.variants.map((variant) => foundationModel(model, model.id + variant, region)),
    foundationModel(model, model.id, region),
  ]);
}

/** One model. @param id - the model's, which may name its context length too */
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
    modelLifecycle: { status: model.family === "llama-2" ? "LEGACY" : "ACTIVE" },
  };
}

/** The base models of Llama 2 (dumped); Llama 3.1 to 3.3 (user guide, supported models for fine-tuning). */
function isCustomizable({ family, kind }: LlamaModel): boolean {
  return kind === "base" || family === "llama-3-1";
}

/** Dumped of Llama 2; the others' are inferred. */
function variantTypes({ kind }: LlamaModel): readonly InferenceType[] {
  return kind === "base" ? [] : ["PROVISIONED"];
}

/** Dumped of Llama 2 to 3.2, also that 3.1 is called on demand in Oregon and by profile elsewhere; documented of the others. */
function inferenceTypes(model: LlamaModel, region: string): readonly InferenceType[] {
  const { id, family, kind } = model;
  if (kind === "base") return [];
  if (family === "llama-2" || family === "llama-3") return ["ON_DEMAND"];
  if (region !== OREGON || !id.startsWith("meta.llama3-1-")) return ["INFERENCE_PROFILE"];
  return hasProfile(model, region) ? ["ON_DEMAND", "INFERENCE_PROFILE"] : ["ON_DEMAND"];
}
