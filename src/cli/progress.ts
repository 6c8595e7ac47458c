import type { OnProgress, Progress } from "../store/index.js";
import { progressSizes, TransferRates } from "./transfer-rate.js";

/** How often a slow step is reported, in ms, where lines can't be overwritten. */
const LINE_MS = 10_000;

/**
 * Shows downloads and other slow steps: as moving bars if stderr is a terminal, otherwise as a line for each step and more at
 * intervals.
 *
 * @param onNotice - called with the lines
 */
export function showProgress(onNotice: (line: string) => void): OnProgress {
  return process.stderr.isTTY ? bars() : lines(onNotice);
}

/** The bars are imported at the first progress: usually nothing is downloaded. */
function bars(): OnProgress {
  let display: Promise<OnProgress> | undefined;
  return (progress) => {
    display ??= import("./progress-bars.js").then(({ progressBars }) => progressBars());
    void display.then((show) => show(progress));
  };
}

function lines(onNotice: (line: string) => void): OnProgress {
  const reported = new Map<Progress["what"], { readonly label: string; readonly at: number }>();
  const rates = new TransferRates();
  return (progress) => {
    const { what, label, finished, stopped } = progress;
    const rate = rates.update(progress);
    const last = reported.get(what);
    const now = performance.now();
    // what failed says so itself
    if (stopped) return void reported.delete(what);
    if (finished) onNotice(`${label}: done ${progressSizes(progress)}`.trimEnd());
    else if (last?.label !== label) onNotice(label);
    else if (now - last.at >= LINE_MS && rate !== "")
      onNotice(`${label}: ${progressSizes(progress)}, ${rate}`);
    else return;
    reported.set(what, { label, at: now });
  };
}
