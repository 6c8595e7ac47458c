import { MAX_MODEL_ID_LENGTH } from "./model-id.js";

/** What an ARN can name without telling which model is behind it (API model, `InvokeModelIdentifier`). */
export const opaqueResources = [
  "application-inference-profile",
  "custom-model",
  "custom-model-deployment",
  "default-prompt-router",
  "imported-model",
  "prompt-router",
  "provisioned-model",
] as const;

export type OpaqueResource = (typeof opaqueResources)[number];

/** The ARN of a resource in an account; only Bedrock knows the model behind it. */
export interface OpaqueArn {
  /** As the caller wrote it. */
  readonly text: string;
  readonly resource: OpaqueResource;
  readonly region: string;
  /** The last part, such as `a1b2c3d4e5f6`. */
  readonly id: string;
}

/** The API model wants twelve characters in most ids; Cria takes any of its characters, for ids made up in tests. */
const OPAQUE_ARN =
  /^arn:aws(?:-[a-z]+)*:bedrock:(?<region>[a-z0-9-]{1,20}):\d{12}:(?<resource>[a-z-]+)\/(?<base>[a-z0-9.:-]+\/)?(?<id>[a-zA-Z0-9.:-]+)$/u;

/** Reads the ARN of a resource that doesn't tell which model is behind it. @returns undefined if the text isn't one */
export function parseOpaqueArn(text: string): OpaqueArn | undefined {
  if (text.length > MAX_MODEL_ID_LENGTH) return undefined;
  const { region = "", resource = "", base, id = "" } = OPAQUE_ARN.exec(text)?.groups ?? {};
  // only the ARN of a custom model has a part more: its base model, or `imported`
  if (!isOpaque(resource) || (base !== undefined) !== (resource === "custom-model")) return undefined;
  return { text, resource, region, id };
}

function isOpaque(resource: string): resource is OpaqueResource {
  return (opaqueResources as readonly string[]).includes(resource);
}
