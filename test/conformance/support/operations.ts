import type { Column, Sdk } from "./columns.js";

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

/** Bedrock's control plane, which SDKs have a client of its own for. */
const control: ReadonlySet<Operation> = new Set<Operation>([
  "ListFoundationModels",
  "GetFoundationModel",
  "ListInferenceProfiles",
  "GetInferenceProfile",
]);

/** The SDKs whose control-plane client, as it comes, speaks HTTP/1.1 alone, whatever the one for the runtime does: measured. */
const http1Control: ReadonlySet<Sdk> = new Set<Sdk>(["JavaScript", "Java async"]);

/** Whether a column's SDK calls the operation over HTTP/1.1, though the column is one of HTTP/2. */
export function fallsBack({ sdk, http }: Column, operation: Operation): boolean {
  return http.includes("h2") && control.has(operation) && http1Control.has(sdk);
}

/** What the server's log calls the protocol that a column's SDK calls the operation over. */
export function protocolOf(column: Column, operation: Operation): "HTTP/1.1" | "HTTP/2" {
  return column.http.includes("h2") && !fallsBack(column, operation) ? "HTTP/2" : "HTTP/1.1";
}
