/** The memory that a process needs, from Linux's `/proc`. */
import { readFile, realpath, writeFile } from "node:fs/promises";

/** Forgets which pages were used, so that {@link resident} counts those used from now on. */
export async function forgetReferences(pid) {
  await writeFile(`/proc/${pid}/clear_refs`, "1");
}

/**
 * Bytes in memory. llama.cpp maps the model's file and may copy most of it into an arrangement for this processor; the original's pages
 * stay until the system wants them for something else, and are not read again. So `needed` counts of the file only pages that were used
 * since {@link forgetReferences}, `all` everything.
 */
export async function resident(pid, modelFile) {
  const [all, needed] = [0, 1].map(() => ({ bytes: 0 }));
  const model = await realpath(modelFile);
  let file = "";
  for (const line of (await readFile(`/proc/${pid}/smaps`, "utf8")).split("\n")) {
    const mapping = /^[\da-f]+-[\da-f]+ \S+ \S+ \S+ \d+ *(.*)$/u.exec(line);
    if (mapping) file = mapping[1];
    const [, name, kilobytes] = /^(Rss|Referenced): +(\d+) kB$/u.exec(line) ?? [];
    if (name === "Rss") all.bytes += kilobytes * 1024;
    if (name === (file === model ? "Referenced" : "Rss")) needed.bytes += kilobytes * 1024;
  }
  return { all: all.bytes, needed: needed.bytes };
}
