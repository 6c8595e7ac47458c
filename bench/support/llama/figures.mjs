/** What is measured of servers with the same model. Each function prepares a measurement, which then is made of one side after another. */
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

/**
 * Tokens per second of all streams together while all sequences decode: from the moment when every sequence has a stream
 * until the first sequence is free again.
 */
export const throughput =
  ({ streams, tokens, sampling }) =>
  async (tokenizer, template) => {
    const requests = await Promise.all(
      Array.from({ length: streams }, () => tokenizer.request(story(template), tokens, sampling ?? {})),
    );
    return async (side) => {
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
    };
  };

const untilFirst = ([{ start, times }]) => times[0] - start;

/** The time to the first token in ms, for a prompt without a prefix in common with earlier ones. */
export const coldStart = () => (tokenizer, template) => async (side) => {
  const text = await tokenizer.cut(template(filler(QUESTION_TOKENS)), QUESTION_TOKENS);
  return untilFirst(await side.measure([await tokenizer.request(text, 1)]));
};

/** The same, after another prompt with the same first 450 tokens. */
export const sharedPrefix = () => async (tokenizer, template) => {
  const prefix = await tokenizer.cut(template(filler(PREFIX_TOKENS)), PREFIX_TOKENS);
  const ask = async (side) => {
    const text = await tokenizer.cut(`${prefix} ${filler(QUESTION_TOKENS)}`, QUESTION_TOKENS);
    return untilFirst(await side.measure([await tokenizer.request(text, 1)]));
  };
  return async (side) => {
    await ask(side);
    return ask(side);
  };
};

/** The longest time in ms between two tokens of the running streams, from the arrival of a long prompt to its first token. */
export const longestGap =
  ({ tokens }) =>
  (tokenizer, template) =>
  async (side) => {
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
  };
