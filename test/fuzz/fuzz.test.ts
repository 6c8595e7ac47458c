import { expect, it } from "vitest";

import { operationNames } from "../../src/server/index.js";
import { fuzz } from "./fuzz.js";

const USUAL_SECONDS = 30;

/** `npm run fuzz` takes as long as it's told. */
const seconds = Number(process.env["CRIA_FUZZ_SECONDS"] ?? USUAL_SECONDS);

/** The same one each time, so that what fails with a change is that change's doing. `npm run fuzz` takes another one each time. */
const USUAL_SEED = 20_261_124;

const seed = Number(process.env["CRIA_FUZZ_SEED"] ?? USUAL_SEED);

it(
  `bad input does no harm: ${seconds} s with CRIA_FUZZ_SEED=${seed}`,
  async () => {
    const { scenarios, states } = await fuzz({ seconds, seed });
    const counts = states.at(-1)?.counts ?? {};
    const megabytes = states.map(({ heapUsed, rss }) =>
      [heapUsed, rss].map((bytes) => (bytes / 2 ** 20).toFixed(1)),
    );
    process.stdout.write(
      `${scenarios} scenarios; heap and process, MB: ${megabytes.map((pair) => pair.join("/")).join(", ")}; ${JSON.stringify(counts)}\n`,
    );
    // a shorter run may not come across all of them
    if (seconds < USUAL_SECONDS) return;
    const reached = new Set(Object.keys(counts).map((key) => key.split(" ", 1)[0]));
    expect([...reached]).toEqual(expect.arrayContaining([...operationNames]));
  },
  // starting, shrinking what was found, and the last checks
  (seconds + 600) * 1_000,
);
