import fc from "fast-check";

import { llamaModels } from "../../../src/bedrock/index.js";
import { rightBodies } from "./bodies.js";
import { weirdText } from "./weird.js";

/** A method with a path, percent-encoded, and perhaps a query. */
export interface Target {
  readonly method: string;
  readonly path: string;
}

const ids = llamaModels.map(({ id }) => id);

/** An existing id, profile or ARN. */
export const rightId = fc.oneof(
  fc.constantFrom(...ids),
  fc.constantFrom(...ids).map((id) => `us.${id}`),
  fc
    .constantFrom(...ids)
    .map((id) => encodeURIComponent(`arn:aws:bedrock:us-east-1::foundation-model/${id}`)),
  fc.constantFrom(...ids).map((id) => `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${id}`),
);

/** Text that is allowed in a path unencoded, on HTTP/1.1 and HTTP/2. */
const pathText = fc.string({
  unit: fc.constantFrom(..."abcXYZ019-._~%!$&'()*+,;=:@/?".split("")),
  maxLength: 40,
});

const wrongId = fc.oneof(
  pathText,
  weirdText.map((text) => encodeURIComponent(Buffer.from(text).toString().slice(0, 600))),
  fc.constantFrom(
    "%",
    "%zz",
    "%c3%28",
    "%00",
    "..",
    "%2e%2e",
    "%2f",
    "a".repeat(7_000),
    "%61".repeat(2_049),
    "__proto__",
  ),
);

const id = fc.oneof({ arbitrary: rightId, weight: 3 }, { arbitrary: wrongId, weight: 1 });

const query = fc.oneof(
  { arbitrary: fc.constant(""), weight: 4 },
  { arbitrary: pathText.map((text) => `?${text}`), weight: 1 },
  {
    arbitrary: fc.constantFrom(
      "?byProvider=meta",
      "?maxResults=1",
      "?maxResults=1e9",
      "?nextToken=%ff&nextToken=x",
    ),
    weight: 1,
  },
);

/** Each operation, with any id. */
const operation: fc.Arbitrary<Target> = fc.oneof(
  {
    arbitrary: fc
      .tuple(id, fc.constantFrom(...Object.keys(rightBodies)), query)
      .map(([model, action, tail]) => ({ method: "POST", path: `/model/${model}/${action}${tail}` })),
    weight: 6,
  },
  {
    arbitrary: fc
      .tuple(fc.constantFrom("/foundation-models", "/inference-profiles", "/health"), query)
      .map(([path, tail]) => ({ method: "GET", path: path + tail })),
    weight: 1,
  },
  {
    arbitrary: fc
      .tuple(fc.constantFrom("/foundation-models", "/inference-profiles"), id, query)
      .map(([path, named, tail]) => ({ method: "GET", path: `${path}/${named}${tail}` })),
    weight: 1,
  },
);

/** Methods that no operation has, or that are special in HTTP. HEAD is left out: its responses have no body. */
const METHODS = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "M-SEARCH"];

export const target: fc.Arbitrary<Target> = fc.oneof(
  { arbitrary: operation, weight: 8 },
  {
    arbitrary: fc
      .tuple(operation, fc.constantFrom(...METHODS))
      .map(([{ path }, method]) => ({ method, path })),
    weight: 1,
  },
  {
    arbitrary: fc
      .tuple(pathText, fc.constantFrom(...METHODS))
      .map(([text, method]) => ({ method, path: `/${text}` })),
    weight: 1,
  },
);
