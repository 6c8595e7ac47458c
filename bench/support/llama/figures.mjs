/** The measurements of servers with the same model. Each returns the result of every side in every round, by name. */
import { SEQUENCES } from "./peer.mjs";
import { filler, story } from "./prompts.mjs";

const PREFIX_TOKENS = 450;
const QUESTION_TOKENS = 500;
const LONG_TOKENS = 2_000;
/** The streams that run when a long prompt arrives, and the number of tokens they have by then. */
const RUNNING = 4;
const UNDER_WAY = 8;
/** The minimum number of tokens in each stream for a meaningful speed. */
const LEAST_TOKENS = 12;

/** Runs the sides in turns, starting with another one each time, so that a machine that slows down favours none. */
async function inTurns(rounds, sides, one) {
  const names = Object.keys(sides);
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    const result = {};
    for (const turn of names.keys()) {
      const name = names[(round + turn) % names.length];
      result[name] = await one(sides[name], round);
    }
    results.push(result);
  }
  return results;
}

/**
 * Tokens per second of all streams together while all sequences decode: from the moment when every sequence has a stream
 * until the first sequence is free again.
 */
export async function throughput(sides, tokenizer, template, { streams, tokens, rounds, sampling }) {
  const prompts = Array.from({ length: rounds }, () =>
    Array.from({ length: streams }, () => story(template)),
  );
  return inTurns(rounds, sides, async (side, round) => {
    const requests = await Promise.all(
      prompts[round].map((prompt) => tokenizer.request(prompt, tokens, sampling ?? {})),
    );
    const results = await side.measure(requests);
    for (const [i, { promptTokens }] of results.entries()) {
      const { length } = requests[i].ids;
      if (promptTokens !== length)
        throw new Error(`A prompt of ${length} tokens was read as ${promptTokens}.`);
    }
    const busy = Math.min(streams, SEQUENCES);
    const start = results.map(({ times }) => times[0]).toSorted((a, b) => a - b)[busy - 1];
    const end = results.map(({ times }) => times.at(-1)).toSorted((a, b) => b - a)[busy - 1];
    const within = (time) => time > start && time <= end;
    const count = results.reduce((sum, { times }) => sum + times.filter(within).length, 0);
    if (count < LEAST_TOKENS * busy) throw new Error(`Only ${count} tokens came of ${streams} streams.`);
    return (count / (end - start)) * 1000;
  });
}

const untilFirst = ([{ start, times }]) => times[0] - start;

/** The time to the first token in ms, for a prompt without a prefix in common with earlier ones. */
export async function coldStart(sides, tokenizer, template, rounds) {
  return inTurns(rounds, sides, async (side) => {
    const text = await tokenizer.cut(template(filler(QUESTION_TOKENS)), QUESTION_TOKENS);
    return untilFirst(await side.measure([await tokenizer.request(text, 1)]));
  });
}

/** The same, after another prompt with the same first 450 tokens. */
export async function sharedPrefix(sides, tokenizer, template, rounds) {
  const prefix = await tokenizer.cut(template(filler(PREFIX_TOKENS)), PREFIX_TOKENS);
  const ask = async (side) => {
    const text = await tokenizer.cut(`${prefix} ${filler(QUESTION_TOKENS)}`, QUESTION_TOKENS);
    return untilFirst(await side.measure([await tokenizer.request(text, 1)]));
  };
  for (const side of Object.values(sides)) await ask(side);
  return inTurns(rounds, sides, ask);
}

/** The longest time in ms between two tokens of the running streams, from the arrival of a long prompt to its first token. */
export async function longestGap(sides, tokenizer, template, { tokens, rounds }) {
  return inTurns(rounds, sides, async (side) => {
    const text = await tokenizer.cut(template(filler(LONG_TOKENS)), LONG_TOKENS);
    const running = await Promise.all(
      Array.from({ length: RUNNING }, () => tokenizer.request(story(template), tokens)),
    );
    const arriving = await tokenizer.request(text, 1, { after: UNDER_WAY });
    const results = await side.measure([...running, arriving]);
    const { start, times } = results.pop();
    const end = times[0];
    const gaps = results.flatMap(({ times: all }) => {
      // from the last token before the arrival; a stream still waiting at the end counts until then
      const before = all.findLast((time) => time <= start) ?? start;
      const during = [before, ...all.filter((time) => time > start && time < end), end];
      return during.slice(1).map((time, i) => time - during[i]);
    });
    return Math.max(...gaps);
  });
}
