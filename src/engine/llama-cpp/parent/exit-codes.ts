/**
 * Windows has no signals: a crashed process ends with the exception's NTSTATUS as its exit code (Microsoft's [MS-ERREF], 2.3.1).
 * Those that native code meets, in words.
 */
const STATUS_NAMES: Readonly<Record<number, string>> = {
  0xc0000005: "access violation",
  0xc0000017: "out of memory",
  0xc000001d: "illegal instruction: the processor lacks one that the build uses",
  0xc00000fd: "stack overflow",
  0xc000012d: "out of memory and page file",
  0xc0000135: "a DLL is missing",
  0xc000013a: "ended by Ctrl-C or by closing the window",
  0xc0000142: "a DLL could not be initialized",
  // abort() and failed assertions end so; the name of the status, STATUS_STACK_BUFFER_OVERRUN, is older
  0xc0000409: "the program ended itself after a fatal error",
};

/** Statuses that lack of memory can lead to: allocations that nobody checked end in the first and the last. */
const MEMORY_STATUSES = new Set([0xc0000005, 0xc0000017, 0xc000012d, 0xc0000409]);

/** Of these, the ones that nothing else leads to. */
const MEMORY_ONLY = new Set([0xc0000017, 0xc000012d]);

/** From here on, an exit code is an NTSTATUS of an error. */
const FIRST_ERROR_STATUS = 0xc0000000;

/** Names an exit code, with what it means where that is known. */
export function describeExitCode(code: number | null, platform: NodeJS.Platform): string {
  if (code === null) return "exit code unknown";
  if (platform !== "win32") return `exit code ${code}`;
  const status = code >>> 0;
  if (status < FIRST_ERROR_STATUS) return `exit code ${code}`;
  const hex = `0x${status.toString(16).toUpperCase().padStart(8, "0")}`;
  const name = STATUS_NAMES[status];
  return name === undefined ? `exit code ${hex}` : `exit code ${hex}, ${name}`;
}

/** What the signals that native code ends with mean here. */
const SIGNAL_MEANINGS: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGILL: "illegal instruction: the processor lacks one that the build uses",
  SIGBUS: "a file that is mapped into memory ends too early: it is damaged, or the disk is full",
};

/** Signals of native code that crashed. SIGKILL isn't one: it comes from the system, for lack of memory, or from a user. */
const CRASHES: ReadonlySet<NodeJS.Signals> = new Set([
  "SIGILL",
  "SIGBUS",
  "SIGSEGV",
  "SIGABRT",
  "SIGFPE",
  "SIGTRAP",
]);

/** Names a signal, with what it means where that is known. */
export function describeSignal(signal: NodeJS.Signals): string {
  const meaning = SIGNAL_MEANINGS[signal];
  return meaning === undefined ? `signal ${signal}` : `signal ${signal}, ${meaning}`;
}

/** Whether a process that ended so has crashed in native code. */
export function isCrash(
  code: number | null,
  signal: NodeJS.Signals | null,
  platform: NodeJS.Platform,
): boolean {
  if (signal !== null) return CRASHES.has(signal);
  return (
    platform === "win32" && code !== null && code >>> 0 >= FIRST_ERROR_STATUS && !MEMORY_ONLY.has(code >>> 0)
  );
}

/** Whether a process that ended with this code, and said nothing, may have lacked memory. */
export function mayBeMemory(code: number | null, platform: NodeJS.Platform): boolean {
  // on Windows, a process that another ends has the code that the other chose, mostly 1
  return platform === "win32" && code !== null && (code === 1 || MEMORY_STATUSES.has(code >>> 0));
}
