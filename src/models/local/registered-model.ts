/** A model that was pulled or added, as it's kept in the registry. */
export interface RegisteredModel {
  /** Bedrock's id. */
  readonly modelId: string;
  /** The file, or the first part of a split one. Absolute. */
  readonly path: string;
  readonly source: "pulled" | "imported";
  /** Whether the files are Cria's own, in its folder, and go when the model is removed. */
  readonly owned: boolean;
  /** llama.cpp's name of the rounding, where the file says it. */
  readonly quantization?: string;
  /** Of all parts. */
  readonly bytes: number;
  /** ISO 8601. */
  readonly addedAt: string;
}

/** Reads an entry; undefined if it says something else. */
export function parseRegisteredModel(value: unknown): RegisteredModel | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { modelId, path, source, owned, quantization, bytes, addedAt } = value as Record<string, unknown>;
  if (typeof modelId !== "string" || typeof path !== "string" || typeof addedAt !== "string")
    return undefined;
  if (source !== "pulled" && source !== "imported") return undefined;
  if (typeof owned !== "boolean" || typeof bytes !== "number") return undefined;
  if (quantization !== undefined && typeof quantization !== "string") return undefined;
  return {
    modelId,
    path,
    source,
    owned,
    bytes,
    addedAt,
    ...(quantization !== undefined && { quantization }),
  };
}
