/** How a stream of frames is announced. */
export const EVENT_STREAM_TYPE = "application/vnd.amazon.eventstream";

/** How everything else is. */
export const JSON_TYPE = "application/json";

/**
 * Whether a request may have this Content-Type: none at all (recorded), JSON, or `application/octet-stream`, which three SDKs
 * send by default. That others are refused is inferred.
 */
export function isContentTypeSupported(value: string | undefined): boolean {
  if (value === undefined) return true;
  const type = essence(value);
  return type === "" || type === JSON_TYPE || type === "application/octet-stream";
}

/** Whether this Accept lets a Llama model answer, which speaks JSON only. That others are refused is inferred. */
export function isAcceptSupported(value: string | undefined): boolean {
  if (value === undefined || value.trim() === "") return true;
  return value.split(",").some((range) => ["*/*", "application/*", JSON_TYPE].includes(essence(range)));
}

/** The media type without its parameters. */
function essence(value: string): string {
  return (value.split(";", 1)[0] ?? "").trim().toLowerCase();
}
