import { parseModelId } from "../../../src/bedrock/index.js";
import type { Input } from "./answer.js";
import { MODEL_ID } from "./target.js";

const parsed = parseModelId(MODEL_ID);
if (!parsed) throw new Error(`CONFORMANCE_MODEL_ID isn't the id of a Llama model: ${MODEL_ID}`);

/** The model's own id, without an inference profile's prefix. */
export const BASE_ID = parsed.model.id;

/** The id of a profile that routes to it. */
export const PROFILE_ID = parsed.profile === undefined ? `us.${BASE_ID}` : `${parsed.profile}.${BASE_ID}`;

/** Every form of a model's id. On Cria, account and region can be chosen freely. */
export const modelIdForms: readonly (readonly [form: string, modelId: string])[] = [
  ["the model's id", BASE_ID],
  ["an inference profile's id", PROFILE_ID],
  ["the model's ARN", `arn:aws:bedrock:us-east-1::foundation-model/${BASE_ID}`],
  ["an inference profile's ARN", `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${PROFILE_ID}`],
];

/** A question whose answer is longer than the few tokens that the cases allow. */
const QUESTION = "Count from one to one hundred, in words.";

/** The question in Llama 3's own format. */
export const PROMPT = `<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n${QUESTION}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n`;

/** InvokeModel's input, with more native keys. */
export function nativeInput(keys: Readonly<Record<string, unknown>> = {}): Input {
  return {
    modelId: MODEL_ID,
    body: JSON.stringify({ prompt: PROMPT, max_gen_len: 16, temperature: 0, ...keys }),
  };
}

/** Converse's input, with more of its settings. */
export function converseInput(inferenceConfig: Input["inferenceConfig"] = {}): Input {
  return {
    modelId: MODEL_ID,
    system: [{ text: "You count." }],
    messages: [{ role: "user", content: [{ text: QUESTION }] }],
    inferenceConfig: { maxTokens: 16, temperature: 0, ...inferenceConfig },
  };
}
