import { type LlamaModel, llamaModels } from "./llama-models.js";

/** The parts of a model id, an inference profile id, or an ARN of either. */
export interface ParsedModelId {
  /** As the caller wrote it. */
  readonly text: string;
  readonly model: LlamaModel;
  /** The model's id within `text`, including the context length if there is one. */
  readonly modelId: string;
  /** The region prefix of an inference profile, such as `us`; undefined for a model id. */
  readonly profile: string | undefined;
  /** The region in an ARN. */
  readonly region: string | undefined;
  /** The account in the ARN of an inference profile. */
  readonly account: string | undefined;
}

/** The longest model id that the API accepts (API model). */
export const MAX_MODEL_ID_LENGTH = 2048;

/** The prefixes that make a model id an inference profile's id (user guide, cross-region inference). */
const PROFILES: ReadonlySet<string> = new Set([
  "us",
  "us-gov",
  "eu",
  "apac",
  "ca",
  "sa",
  "jp",
  "au",
  "global",
]);

const FOUNDATION_MODEL_ARN =
  /^arn:aws(?:-[a-z]+)*:bedrock:(?<region>[a-z0-9-]+)::foundation-model\/(?<id>.+)$/u;
const PROFILE_ARN =
  /^arn:aws(?:-[a-z]+)*:bedrock:(?<region>[a-z0-9-]+):(?<account>\d{12}):inference-profile\/(?<id>.+)$/u;

const modelsByName = new Map<string, LlamaModel>(
  llamaModels.flatMap((model) =>
    ["", ...model.variants].map((variant) => [model.id + variant, model] as const),
  ),
);

/**
 * Reads every form in which Bedrock accepts a Llama model: the model's id, with or without its context length
 * (`meta.llama2-13b-chat-v1:0:4k`), an inference profile's id (`us.meta.llama3-1-8b-instruct-v1:0`), and the ARNs of both.
 *
 * @returns undefined if the text names no Llama model
 */
export function parseModelId(text: string): ParsedModelId | undefined {
  if (text.length > MAX_MODEL_ID_LENGTH) return undefined;
  const foundation = FOUNDATION_MODEL_ARN.exec(text)?.groups;
  if (foundation) return find(text, foundation["id"], undefined, foundation);
  const inference = PROFILE_ARN.exec(text)?.groups;
  const id = inference ? inference["id"] : text;
  const dot = id?.indexOf(".") ?? -1;
  const prefix = id?.slice(0, dot);
  if (prefix !== undefined && PROFILES.has(prefix)) return find(text, id?.slice(dot + 1), prefix, inference);
  // an inference profile's ARN always names a profile
  return inference ? undefined : find(text, id, undefined, undefined);
}

function find(
  text: string,
  id: string | undefined,
  profile: string | undefined,
  arn: Readonly<Record<string, string | undefined>> | undefined,
): ParsedModelId | undefined {
  const modelId = id ?? "";
  const model = modelsByName.get(modelId);
  return model && { text, model, modelId, profile, region: arn?.["region"], account: arn?.["account"] };
}

/** The AWS partition of a region, as in its ARNs (AWS General Reference). */
export function partitionOf(region: string): string {
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  return region.startsWith("cn-") ? "aws-cn" : "aws";
}

/** The ARN of a foundation model (API model). @param id - such as `meta.llama3-8b-instruct-v1:0` */
export function modelArn(region: string, id: string): string {
  return `arn:${partitionOf(region)}:bedrock:${region}::foundation-model/${id}`;
}
