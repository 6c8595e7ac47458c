// npm run fuzz -- [--seconds 60] [--seed N]: bad input at a server of its own, for as long as asked. A seed tells the order of
// what is tried: another one each time, unless it's given; a failure names the one to try again.
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
