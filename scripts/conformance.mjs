// npm run conformance:all: builds the clients in every language whose toolchain is installed, runs the conformance suite and the
// compiled examples, and writes the results into docs/protocol.md and the recordings' README. `npm test` runs the suite with the clients that are there.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { fail, runTests } from "./run-tests.mjs";
import { setUpToolchains } from "./toolchains.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));

const { status } = spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "inherit" });
if (status !== 0) process.exit(fail("The build failed."));
await setUpToolchains(root, ["python", "llama4", "java", "go", "rust"], process.env);
const env = { ...process.env, CONFORMANCE_WRITE: "1" };
const code = runTests(root, ["test/conformance", "test/e2e/examples-go-rust.test.ts"], env);
const clients = spawnSync(process.execPath, ["scripts/clients.mjs"], { cwd: root, stdio: "inherit" });
process.exit(code === 0 ? (clients.status ?? 1) : code);
