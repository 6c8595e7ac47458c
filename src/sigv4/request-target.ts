import { uriDecode } from "./uri-encoding.js";

/** A name and its value, both decoded. */
export type QueryParameter = readonly [name: string, value: string];

/** Where a request goes, taken apart. */
export interface RequestTarget {
  /** As sent, percent-encoded. */
  readonly path: string;
  /** In the order sent. */
  readonly query: readonly QueryParameter[];
}

/** @param target - path and query as sent */
export function splitTarget(target: string): RequestTarget {
  const at = target.indexOf("?");
  if (at < 0) return { path: target, query: [] };
  const parameters = target
    .slice(at + 1)
    .split("&")
    .filter((text) => text !== "");
  return { path: target.slice(0, at), query: parameters.map(readParameter) };
}

function readParameter(text: string): QueryParameter {
  const at = text.indexOf("=");
  if (at < 0) return [uriDecode(text), ""];
  return [uriDecode(text.slice(0, at)), uriDecode(text.slice(at + 1))];
}
