import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

import { plainEnv, start } from "./support/run-cli.js";

/** A run of the compiler on all sources, on a busy machine. */
const TIMEOUT_MS = 180_000;

it(
  "the API reference has no warning: what is exported has comments, and their links lead somewhere",
  async () => {
    const cwd = fileURLToPath(new URL("../", import.meta.url));
    // typedoc.config.js makes a failure of each warning
    const args = ["node_modules/typedoc/bin/typedoc", "--emit", "none"];
    const typedoc = start(process.execPath, args, { cwd, env: plainEnv({ NO_COLOR: "1" }) });
    const code = await typedoc.ended;
    expect({ code, output: typedoc.stdout + typedoc.stderr }).toEqual({
      code: 0,
      output: expect.not.stringMatching(/\[(warning|error)\]/u) as string,
    });
  },
  TIMEOUT_MS,
);
