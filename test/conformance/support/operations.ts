import type { Column, Sdk } from "./columns.js";

/** The operations, as AWS spells them, in the tables' order. */
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

/** Operations of Bedrock's control plane, for which SDKs have a separate client. */
const control: ReadonlySet<Operation> = new Set<Operation>([
  "ListFoundationModels",
  "GetFoundationModel",
  "ListInferenceProfiles",
  "GetInferenceProfile",
]);

/** The SDKs whose control-plane client uses HTTP/1.1 by default even if the runtime client uses HTTP/2 (measured). */
const http1Control: ReadonlySet<Sdk> = new Set<Sdk>(["JavaScript", "Java async"]);

/** Whether a column's SDK calls the operation over HTTP/1.1, although it is an HTTP/2 column. */
export function fallsBack({ sdk, http }: Column, operation: Operation): boolean {
  return http.includes("h2") && control.has(operation) && http1Control.has(sdk);
}

/** The protocol of the operation's calls in a column, as named in the server's log. */
export function protocolOf(column: Column, operation: Operation): "HTTP/1.1" | "HTTP/2" {
  return column.http.includes("h2") && !fallsBack(column, operation) ? "HTTP/2" : "HTTP/1.1";
}
