import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import type { Socket } from "node:net";

/** Started ahead, for whoever needs one next. */
let spare: ChildProcess | undefined;

/**
 * Starts an engine process before it's known what it's to load, so that Node and the engine's code are there by then: the next
 * engine takes it. It doesn't keep a program alive, and ends with it.
 */
export function startEngineProcessAhead(): void {
  if (spare) return;
  const child = (spare = forkChild());
  const forget = () => {
    if (spare === child) spare = undefined;
  };
  // the next one tells why none can be started
  child.once("error", forget);
  child.once("exit", forget);
  refChild(child, false);
}

/** A process that nobody has yet. */
export function takeChild(): ChildProcess {
  const child = spare ?? forkChild();
  spare = undefined;
  refChild(child, true);
  return child;
}

/** Whether the process keeps this one alive. */
export function refChild(child: ChildProcess, alive: boolean): void {
  // the pipe of a child's stderr is a socket, whatever its type says
  for (const handle of [child, child.channel, child.stderr as Socket | null]) {
    if (alive) handle?.ref();
    else handle?.unref();
  }
}

function forkChild(): ChildProcess {
  // child.ts as it was built: package.json `imports` says where, whether this module runs from the package or from src/
  return fork(createRequire(import.meta.url).resolve("#engine-process"), {
    // a debugger's or a loader's flags aren't meant for it
    execArgv: [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: {
      ...process.env,
      // see child.ts
      UV_THREADPOOL_SIZE: "1",
      NODE_LLAMA_CPP_POSTINSTALL: "skip",
      // else a failed assertion waits for a debugger's account of it, where one is installed, before it ends the process
      GGML_NO_BACKTRACE: "1",
    },
  });
}
