/** The Content-Type of a response stream. */
export const EVENT_STREAM_TYPE = "application/vnd.amazon.eventstream";

/** The Content-Type of every other response. */
export const JSON_TYPE = "application/json";

/**
 * Whether a request may have this Content-Type. Accepted are none at all (recorded), JSON, and `application/octet-stream`, which
 * three SDKs send by default. The refusal of others is inferred.
 */
export function isContentTypeSupported(value: string | undefined): boolean {
  if (value === undefined) return true;
  const type = essence(value);
  return type === "" || type === JSON_TYPE || type === "application/octet-stream";
}

/** Whether this Accept header allows JSON, the only format of Llama models. The refusal of others is inferred. */
export function isAcceptSupported(value: string | undefined): boolean {
  if (value === undefined || value.trim() === "") return true;
  return value.split(",").some((range) => ["*/*", "application/*", JSON_TYPE].includes(essence(range)));
}

/** The media type without its parameters. */
function essence(value: string): string {
  return (value.split(";", 1)[0] ?? "").trim().toLowerCase();
}
