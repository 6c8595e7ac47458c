/** Which prompt format and tokenizer a Llama model has. */
export type LlamaFamily = "llama-2" | "llama-3" | "llama-3-1" | "llama-4";

/** A Llama model of Bedrock. */
export interface LlamaModel {
  /** Such as `meta.llama3-8b-instruct-v1:0`. */
  readonly id: string;
  /** Bedrock's display name, such as `Llama 3 8B Instruct`. */
  readonly name: string;
  readonly family: LlamaFamily;
  /** `chat` models were trained on their family's prompt format, `base` models on plain text. */
  readonly kind: "base" | "chat";
  /** Tokens that the context holds, prompt and generation together. */
  readonly contextLength: number;
  /** Whether the model reads images. */
  readonly vision: boolean;
  /** The most images of a request: 0 without {@link vision}, Infinity where no limit is known. */
  readonly maxImages: number;
  /** Whether Converse takes documents for the model. */
  readonly documents: boolean;
  /** Whether Converse takes tools for the model. */
  readonly tools: boolean;
  /** The most tokens that Converse generates for the model. */
  readonly converseMaxTokens: number;
  /** Suffixes of the id that name the context length, such as `:0:4k`. */
  readonly variants: readonly string[];
}

/** Llama 3.1 to 3.3: "128K" in Bedrock's documentation, the power of two in Meta's model card. */
const CONTEXT_128K = 131_072;

/** The contexts that Bedrock's error messages name for Llama 4 (quoted by users). */
const LLAMA_4_SCOUT_CONTEXT = 3_500_000;
const LLAMA_4_MAVERICK_CONTEXT = 1_048_576;

/** The limit of Converse for Llama 2 and 3. Quoted for Llama 3 70B; the user guide documents it for InvokeModel. */
const MAX_TOKENS_2048 = 2048;

/** The limit of Converse from Llama 3.1 on. Quoted for 3.1 8B, 3.2 11B and 3.3 70B; for the others inferred. */
const MAX_TOKENS_8192 = 8192;

/** Llama 3.2 refuses a second image (quoted of 90B). */
const LLAMA_3_2_IMAGES = 1;

/**
 * Every Llama model that Bedrock has or had. Sources: the list of supported foundation models (user guide); for the retired Llama
 * 2 models and for the order, users' dumps of ListFoundationModels; for the ids with a context length, those dumps and the lists of
 * models for provisioned throughput and fine-tuning (user guide). Every chat model takes documents on Converse: documented of Llama 2 to
 * 3.2 (user guide, supported models and features, 2024), recorded of Llama 4 Maverick, and inferred for the others.
 */
export const llamaModels: readonly LlamaModel[] = [
  llama2("meta.llama2-13b-chat-v1", "Llama 2 Chat 13B", "chat"),
  llama2("meta.llama2-70b-chat-v1", "Llama 2 Chat 70B", "chat"),
  llama2("meta.llama2-13b-v1", "Llama 2 13B", "base"),
  llama2("meta.llama2-70b-v1", "Llama 2 70B", "base"),
  instruct("meta.llama3-8b-instruct-v1:0", "Llama 3 8B Instruct", "llama-3", 8192),
  instruct("meta.llama3-70b-instruct-v1:0", "Llama 3 70B Instruct", "llama-3", 8192),
  // documented; the others with tools were seen to take them
  tools(llama31("meta.llama3-1-8b-instruct-v1:0", "Llama 3.1 8B Instruct")),
  tools(llama31("meta.llama3-1-70b-instruct-v1:0", "Llama 3.1 70B Instruct")),
  tools(llama31("meta.llama3-1-405b-instruct-v1:0", "Llama 3.1 405B Instruct")),
  vision(llama31("meta.llama3-2-11b-instruct-v1:0", "Llama 3.2 11B Instruct"), LLAMA_3_2_IMAGES),
  tools(vision(llama31("meta.llama3-2-90b-instruct-v1:0", "Llama 3.2 90B Instruct"), LLAMA_3_2_IMAGES)),
  llama31("meta.llama3-2-1b-instruct-v1:0", "Llama 3.2 1B Instruct"),
  llama31("meta.llama3-2-3b-instruct-v1:0", "Llama 3.2 3B Instruct"),
  tools(llama31("meta.llama3-3-70b-instruct-v1:0", "Llama 3.3 70B Instruct")),
  llama4("meta.llama4-scout-17b-instruct-v1:0", "Llama 4 Scout 17B Instruct", LLAMA_4_SCOUT_CONTEXT),
  llama4("meta.llama4-maverick-17b-instruct-v1:0", "Llama 4 Maverick 17B Instruct", LLAMA_4_MAVERICK_CONTEXT),
];

function llama2(id: string, name: string, kind: LlamaModel["kind"]): LlamaModel {
  const model = instruct(id, name, "llama-2", 4096);
  return { ...model, kind, documents: kind === "chat", variants: [":0:4k"] };
}

function instruct(id: string, name: string, family: LlamaFamily, contextLength: number): LlamaModel {
  return {
    id,
    name,
    family,
    kind: "chat",
    contextLength,
    vision: false,
    maxImages: 0,
    documents: true,
    tools: false,
    converseMaxTokens: MAX_TOKENS_2048,
    variants: [],
  };
}

/** A model of Llama 3.1, 3.2 or 3.3. */
function llama31(id: string, name: string): LlamaModel {
  return {
    ...instruct(id, name, "llama-3-1", CONTEXT_128K),
    converseMaxTokens: MAX_TOKENS_8192,
    variants: [":128k"],
  };
}

function llama4(id: string, name: string, contextLength: number): LlamaModel {
  return tools(
    vision({ ...instruct(id, name, "llama-4", contextLength), converseMaxTokens: MAX_TOKENS_8192 }, Infinity),
  );
}

function vision(model: LlamaModel, maxImages: number): LlamaModel {
  return { ...model, vision: true, maxImages };
}

function tools(model: LlamaModel): LlamaModel {
  return { ...model, tools: true };
}
