/**
 * Compares servers of the same model in rounds. Each round starts them anew, since one process is up to a tenth faster than another of the
 * same program for as long as it runs: where its memory lies seems to matter. So the spread of a figure is the spread over processes.
 */
import { tokenizer } from "./prompts.mjs";
import { throughput } from "./figures.mjs";

/** Before anything is measured: the first batches read the weights. */
const warmUp = throughput({ streams: 2, tokens: 16 });

/**
 * @param sides - starts each server; `llama` has the tokenizer
 * @param rows - `measure` prepares a measurement (figures.mjs), `repeats` times a round; a row with `once` is measured in the first round alone
 * @param rounds - how often the servers are started
 * @param around - called with each round
 * @returns for each row the result of every side in every round, by name, or the error that ended it
 */
export async function measureRounds({ sides, rows, template, rounds, around }) {
  const results = rows.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    await around(() => oneRound(round));
  }
  return results;

  async function oneRound(round) {
    const running = {};
    try {
      for (const name of inTurn(Object.keys(sides), round)) running[name] = await sides[name]();
      const text = tokenizer(running.llama.url);
      const warm = await warmUp(text, template);
      for (const side of Object.values(running)) await warm(side);
      for (const [i, { measure, repeats = 1, once = false }] of rows.entries()) {
        if (once && round > 0) continue;
        const sums = Object.fromEntries(Object.keys(running).map((name) => [name, 0]));
        for (let turn = 0; turn < repeats; turn += 1) {
          const one = await measure(text, template);
          for (const name of inTurn(Object.keys(running), round + turn))
            sums[name] += await one(running[name]);
        }
        results[i].push(Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / repeats])));
      }
    } finally {
      await Promise.all(Object.values(running).map((side) => side.close()));
    }
  }
}

/** Another one comes first each time, so that a machine that slows down favours none. */
function inTurn(names, turn) {
  const at = turn % names.length;
  return [...names.slice(at), ...names.slice(0, at)];
}
