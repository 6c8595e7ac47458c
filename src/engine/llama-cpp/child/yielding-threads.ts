import { cpuTimeOf, cpuTimesReader } from "../../../platform/index.js";
import type { FromChild } from "../protocol.js";
import { ThreadCount } from "./thread-count.js";

/**
 * A number of threads that follows what this machine gives.
 *
 * @param max - the highest number, and the one to begin with
 * @param send - gets each change for the log
 */
export function yieldingThreads(max: number, send: (message: FromChild) => void): ThreadCount {
  const cpuTimes = cpuTimesReader();
  return new ThreadCount({
    max,
    machine: () => {
      const times = cpuTimes();
      const { user, system } = process.cpuUsage();
      return times && { ...times, ownMs: (user + system) / 1000, parentMs: cpuTimeOf(process.ppid) };
    },
    onChange: (count, free) => {
      const reason = free === undefined ? "" : ` (${free.toFixed(1)} CPUs free for them)`;
      send({ type: "log", level: "debug", message: `compute threads: ${count}${reason}` });
    },
  });
}
