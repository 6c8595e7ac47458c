// npm run fuzz -- [--seconds 60] [--seed N]: starts a server and sends it bad input for the given time. The seed sets the order of
// the scenarios; by default it is new each time. A failure prints the seed that reproduces it.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
  },
});
const { status } = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", "test/fuzz"], {
  cwd: fileURLToPath(new URL("../", import.meta.url)),
  stdio: "inherit",
  env: {
    ...process.env,
    CRIA_FUZZ_SECONDS: values.seconds,
    CRIA_FUZZ_SEED: values.seed,
  },
});
process.exit(status ?? 1);
