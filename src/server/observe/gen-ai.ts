/** OpenTelemetry's names for what an operation does (`gen_ai.operation.name`), for those of Bedrock's that generate. */
const OPERATIONS: ReadonlyMap<string, string> = new Map([
  ["InvokeModel", "text_completion"],
  ["InvokeModelWithResponseStream", "text_completion"],
  ["Converse", "chat"],
  ["ConverseStream", "chat"],
]);

/** OpenTelemetry's name for the API that a request speaks (`gen_ai.provider.name`). */
export const GEN_AI_PROVIDER = "aws.bedrock";

/**
 * The name of an operation in OpenTelemetry's conventions for generative AI.
 *
 * @param operation - as AWS spells it
 * @returns undefined if the operation doesn't generate
 */
export function genAiOperation(operation: string): string | undefined {
  return OPERATIONS.get(operation);
}
