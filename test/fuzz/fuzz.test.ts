import { expect, it } from "vitest";

import { operationNames } from "../../src/server/index.js";
import { fuzz } from "./fuzz.js";

const USUAL_SECONDS = 30;

/** `npm run fuzz` sets the duration. */
const seconds = Number(process.env["CRIA_FUZZ_SECONDS"] ?? USUAL_SECONDS);

/** A fixed seed, so that a failure after a change is caused by that change. `npm run fuzz` uses a new one each time. */
const USUAL_SEED = 20_261_124;

const seed = Number(process.env["CRIA_FUZZ_SEED"] ?? USUAL_SEED);

it(
  `the server survives bad input: ${seconds} s with CRIA_FUZZ_SEED=${seed}`,
  async () => {
    const { scenarios, states } = await fuzz({ seconds, seed });
    const counts = states.at(-1)?.counts ?? {};
    const megabytes = states.map(({ heapUsed, rss }) =>
      [heapUsed, rss].map((bytes) => (bytes / 2 ** 20).toFixed(1)),
    );
    process.stdout.write(
      `${scenarios} scenarios; heap and process, MB: ${megabytes.map((pair) => pair.join("/")).join(", ")}; ${JSON.stringify(counts)}\n`,
    );
    // a shorter run may not reach all of them
    if (seconds < USUAL_SECONDS) return;
    const reached = new Set(Object.keys(counts).map((key) => key.split(" ", 1)[0]));
    expect([...reached]).toEqual(expect.arrayContaining([...operationNames]));
  },
  // time for the start, for shrinking a failure, and for the last checks
  (seconds + 600) * 1_000,
);
