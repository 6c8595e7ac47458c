import { errorCode } from "../../store/index.js";

/** A connection's error in few words: of several addresses tried, Node gives a message to none. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || errorCode(error) || error.name;
}
