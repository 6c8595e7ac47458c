import type { ServerFacts } from "../engine/index.js";

/** What a server can't do that an engine of Cria's can, and what becomes of it: a sentence each. They are of the server, whichever model it answers for. */
export function limitsOf(host: string, { capabilities, countsFirst }: ServerFacts): readonly string[] {
  const { exactCounts, verbatimPrompt } = capabilities;
  return [
    ...(exactCounts ? [] : [`${host} ${MERGES}`]),
    ...(countsFirst ? [`${host} ${COUNTS_LATE}`] : []),
    ...(verbatimPrompt ? [] : [`${host} ${OWN_BOS}`]),
  ];
}

const MERGES =
  "doesn't tell its tokens apart: each chunk that it sends is one frame and counts as one token of the answer, and may hold several.";
const COUNTS_LATE =
  "counts a prompt's tokens only when it answers: it is asked for one token before each answer, and evaluates each prompt twice unless it keeps the first.";
const OWN_BOS =
  "decides itself whether a beginning-of-text token goes in front of a prompt: one that begins with it may get a second, and one without it none.";
