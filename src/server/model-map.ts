import {
  type LlamaModel,
  llamaModels,
  type OpaqueArn,
  opaqueResources,
  parseModelId,
  parseOpaqueArn,
} from "../bedrock/index.js";
import { InvalidModelMapError, UnknownModelIdError } from "./errors.js";

/** An ARN, and the model behind it. */
export interface MappedArn {
  readonly arn: OpaqueArn;
  readonly model: LlamaModel;
}

/** The models behind ARNs that don't tell which model it is (`--model-map`). */
export class ModelMap {
  readonly #byArn: ReadonlyMap<string, MappedArn>;

  /**
   * @param map - a model's id, in any form, for each ARN
   * @throws {InvalidModelMapError} an ARN can't be mapped.
   * @throws {UnknownModelIdError} an id isn't that of a Llama model.
   */
  constructor(map: Readonly<Record<string, string>> = {}) {
    this.#byArn = new Map(
      Object.entries(map).map(([arn, id]) => [arn, { arn: readArn(arn), model: llamaModel(id) }]),
    );
  }

  /** The model behind an ARN. @returns undefined if the ARN isn't mapped */
  modelBehind(arn: string): LlamaModel | undefined {
    return this.#byArn.get(arn)?.model;
  }

  /** The mapped application inference profiles, in the order in which they were given. */
  get applicationProfiles(): readonly MappedArn[] {
    return [...this.#byArn.values()].filter(({ arn }) => arn.resource === "application-inference-profile");
  }
}

function readArn(text: string): OpaqueArn {
  const named = parseModelId(text);
  if (named) {
    throw new InvalidModelMapError(
      text,
      `it names ${named.model.id} already. Leave it out: Cria answers for it`,
    );
  }
  const arn = parseOpaqueArn(text);
  if (arn) return arn;
  throw new InvalidModelMapError(
    text,
    `it isn't the ARN of an ${opaqueResources.join(", ")}. Such an ARN looks like ` +
      "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6",
  );
}

/** The model with an id, in any form. @throws {UnknownModelIdError} there is none. */
export function llamaModel(text: string): LlamaModel {
  const parsed = parseModelId(text);
  if (parsed) return parsed.model;
  throw new UnknownModelIdError(
    text,
    llamaModels.map(({ id }) => id),
  );
}
