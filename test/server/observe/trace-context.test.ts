import { expect, test } from "vitest";

import { incomingTrace, traceHeaders } from "../../../src/server/observe/index.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

function read(...sent: readonly (readonly [string, string])[]) {
  return incomingTrace({
    header: (name) => {
      const values = sent.flatMap(([key, value]) => (key === name ? [value] : []));
      return values.length === 0 ? undefined : values.join(", ");
    },
    headerValues: (name) => sent.flatMap(([key, value]) => (key === name ? [value] : [])),
  });
}

const parent = (text: string) => ["traceparent", text] as const;

test.each([
  [`00-${TRACE}-${SPAN}-01`, "01"],
  [`00-${TRACE}-${SPAN}-00`, "00"],
  // of a later version the lowest flag is known
  [`cc-${TRACE}-${SPAN}-09-what-comes`, "01"],
  [`cc-${TRACE}-${SPAN}-08`, "00"],
  [` 00-${TRACE}-${SPAN}-01 `, "01"],
])("%s is a place in a trace", (text, flags) => {
  const trace = read(parent(text), ["tracestate", "a=1,b=2"]);
  expect(trace).toEqual({ traceId: TRACE, spanId: SPAN, flags, state: "a=1,b=2" });
  expect(trace && traceHeaders(trace)).toEqual({
    traceparent: `00-${TRACE}-${SPAN}-${flags}`,
    tracestate: "a=1,b=2",
  });
});

test.each([
  "",
  "00",
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE}-${SPAN}-01-more`,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${"0".repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-1`,
  `00-${TRACE}-${SPAN}-01\r\nx: y`,
  `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
])("%j is none", (text) => {
  expect(read(parent(text))).toBeUndefined();
});

test("several are none, and no header is none", () => {
  const one = parent(`00-${TRACE}-${SPAN}-01`);
  expect(read(one, one)).toBeUndefined();
  expect(read()).toBeUndefined();
});

test.each(["x".repeat(513), "a=\u0007", "ä=1", ""])(
  "a state that can't be passed on is left out (%#)",
  (state) => {
    const trace = read(parent(`00-${TRACE}-${SPAN}-01`), ["tracestate", state]);
    expect(trace).toEqual({ traceId: TRACE, spanId: SPAN, flags: "01" });
  },
);
