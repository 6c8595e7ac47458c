import type { Sdk } from "./columns.js";

/** The operations, as AWS names them and in the tables' order. */
export const operations = [
  "InvokeModel",
  "InvokeModelWithResponseStream",
  "Converse",
  "ConverseStream",
  "CountTokens",
  "ListFoundationModels",
  "GetFoundationModel",
  "ListInferenceProfiles",
  "GetInferenceProfile",
] as const;

export type Operation = (typeof operations)[number];

const streaming: ReadonlySet<Operation> = new Set<Operation>([
  "InvokeModelWithResponseStream",
  "ConverseStream",
]);

/** Whether an SDK has the operation: Java's sync clients have no streaming ones. */
export function has(sdk: Sdk, operation: Operation): boolean {
  return sdk !== "Java sync" || !streaming.has(operation);
}
