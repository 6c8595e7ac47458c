import fc from "fast-check";

import type { Leave, Step } from "../acts.js";

/** Ways to send bytes: at once, in pieces, or in pieces with pauses. */
export function steps(text: string): fc.Arbitrary<Step[]> {
  const pieces = fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 0, 1, 20)), { maxLength: 5 });
  return pieces.map((cuts) => {
    const places = cuts.map(([at, ms]) => ({ at: at % (text.length + 1), ms })).sort((a, b) => a.at - b.at);
    const made: Step[] = [];
    let from = 0;
    for (const { at, ms } of [...places, { at: text.length, ms: 0 }]) {
      if (at > from) made.push({ type: "send", text: text.slice(from, at) });
      if (ms > 0) made.push({ type: "pause", ms });
      from = at;
    }
    return made;
  });
}

/** Ways to leave before the server has closed. They take no time, so they are the usual case. */
const leaveEarly: fc.Arbitrary<Leave> = fc.oneof(
  { arbitrary: fc.constant({ type: "end" } as const), weight: 3 },
  {
    arbitrary: fc.constantFrom(0, 1, 10, 50).map((afterMs) => ({ type: "destroy", afterMs }) as const),
    weight: 5,
  },
);

/** Ways to leave for a client whose requests are answered. */
export const leaveAnswered: fc.Arbitrary<Leave> = fc.oneof(
  { arbitrary: fc.constant({ type: "answered" } as const), weight: 8 },
  { arbitrary: leaveEarly, weight: 2 },
);

/** Ways to leave for a client that may get no answer. */
export const leaveBroken: fc.Arbitrary<Leave> = fc.oneof(
  { arbitrary: leaveEarly, weight: 60 },
  { arbitrary: fc.constant({ type: "hold" } as const), weight: 1 },
);

/** Text with parts replaced, doubled or dropped. */
export function damaged(text: string): fc.Arbitrary<string> {
  const damage = fc.record({
    at: fc.nat(),
    length: fc.constantFrom(0, 1, 5, 50),
    instead: fc.oneof(
      fc.constantFrom(
        "",
        "\r\n",
        "\n",
        "\0",
        " ",
        ":",
        "\r\n\r\n",
        "\xff",
        "0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n",
      ),
      fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
    ),
  });
  return fc.array(damage, { minLength: 1, maxLength: 4 }).map((damages) =>
    damages.reduce((whole, { at, length, instead }) => {
      const from = at % (whole.length + 1);
      return whole.slice(0, from) + instead + whole.slice(from + length);
    }, text),
  );
}
