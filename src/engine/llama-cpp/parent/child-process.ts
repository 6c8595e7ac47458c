import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import type { Socket } from "node:net";

import { cudaFolders, localFacts } from "../install/index.js";

/** Started ahead of time; the next engine takes it. */
let spare: ChildProcess | undefined;

/**
 * Starts an engine process before it's known which model to load, so that Node and the engine's code are loaded by then. The next
 * engine takes it. It doesn't keep this program alive, and ends with it.
 */
export function startEngineProcessAhead(): void {
  if (spare) return;
  const child = (spare = forkChild());
  const forget = () => {
    if (spare === child) spare = undefined;
  };
  // the next attempt reports why no process can be started
  child.once("error", forget);
  child.once("exit", forget);
  refChild(child, false);
}

/** Takes the process that was started ahead, or starts one. */
export function takeChild(): ChildProcess {
  const child = spare ?? forkChild();
  spare = undefined;
  refChild(child, true);
  return child;
}

/** @param alive - whether the child process keeps this one alive */
export function refChild(child: ChildProcess, alive: boolean): void {
  // a child's stderr pipe is a socket, which its type doesn't say
  for (const handle of [child, child.channel, child.stderr as Socket | null]) {
    if (alive) handle?.ref();
    else handle?.unref();
  }
}

function forkChild(): ChildProcess {
  // child.ts as it was built: package.json `imports` says where, whether this module runs from the package or from src/
  return fork(createRequire(import.meta.url).resolve("#engine-process"), {
    // flags of a debugger or a loader are meant for this process only
    execArgv: [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: engineEnvironment(),
  });
}

/**
 * Names of variables that may hold secrets. llama.cpp reads files that come from elsewhere, and needs none. It does need many others, which the drivers
 * of GPUs read, so that the engine gets all but these.
 */
const SECRETS = /^(?:AWS|CRIA)_|SECRET|TOKEN|PASSW|CREDENTIAL|(?:API|ACCESS|PRIVATE)_?KEY/iu;

/** The environment of the engine's process. */
export function engineEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !SECRETS.test(name))),
    ...cudaPath(env),
    // see child.ts
    UV_THREADPOOL_SIZE: "1",
    NODE_LLAMA_CPP_POSTINSTALL: "skip",
    ...NO_BACKTRACE,
  };
}

/** Where the system's loader looks for libraries; Windows writes `Path`. */
const LOADER_PATHS = new Set(
  process.platform === "win32"
    ? ["PATH"]
    : ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"],
);

/** The environment of the tokenizer's process, which loads llama.cpp without any backend: nothing but where libraries are. */
export function tokenizerEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const paths = Object.entries(env).filter(([name]) => LOADER_PATHS.has(name.toUpperCase()));
  return { ...Object.fromEntries(paths), ...cudaPath(env), UV_THREADPOOL_SIZE: "1", ...NO_BACKTRACE };
}

/** Without it a failed assertion runs a debugger, if one is installed, for a backtrace before the process ends. */
const NO_BACKTRACE = { GGML_NO_BACKTRACE: "1" };

/** Lets the system's loader find CUDA's libraries where the toolkit was installed without telling it. */
function cudaPath(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (process.platform !== "linux" || process.arch !== "x64") return {};
  const folders = cudaFolders(localFacts());
  if (folders.length === 0) return {};
  const before = env["LD_LIBRARY_PATH"];
  return { LD_LIBRARY_PATH: [...(before ? [before] : []), ...folders].join(":") };
}
