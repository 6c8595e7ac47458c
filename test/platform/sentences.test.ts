import { expect, test } from "vitest";

import { sentences } from "../../src/platform/index.js";

test.each([
  [["It broke.", "Mend it."], "It broke. Mend it."],
  [["It broke", "Mend it"], "It broke. Mend it."],
  [["Is it there?", "a: connect ECONNREFUSED"], "Is it there? a: connect ECONNREFUSED."],
  [
    ["It can't be reached: connect ECONNREFUSED.", "connect ECONNREFUSED"],
    "It can't be reached: connect ECONNREFUSED.",
  ],
  [["", "  It broke\n", ""], "It broke."],
  [['It said "no."', "Ask again"], 'It said "no." Ask again.'],
  [[""], ""],
])("%j are %j", (texts, words) => {
  expect(sentences(...texts)).toBe(words);
});
