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

/** The environment of a process that loads llama.cpp. */
export function engineEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...cudaPath(),
    // see child.ts
    UV_THREADPOOL_SIZE: "1",
    NODE_LLAMA_CPP_POSTINSTALL: "skip",
    // otherwise a failed assertion runs a debugger, if one is installed, for a backtrace before the process ends
    GGML_NO_BACKTRACE: "1",
  };
}

/** Lets the system's loader find CUDA's libraries where the toolkit was installed without telling it. */
function cudaPath(): NodeJS.ProcessEnv {
  if (process.platform !== "linux" || process.arch !== "x64") return {};
  const folders = cudaFolders(localFacts());
  if (folders.length === 0) return {};
  const before = process.env["LD_LIBRARY_PATH"];
  return { LD_LIBRARY_PATH: [...(before ? [before] : []), ...folders].join(":") };
}
