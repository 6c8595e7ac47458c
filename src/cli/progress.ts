import type { OnProgress, Progress } from "../store/index.js";
import { progressSizes, TransferRates } from "./transfer-rate.js";

/** How often a step that takes long is told of, in ms, where a line can't be overwritten. */
const LINE_MS = 10_000;

/**
 * Shows what is fetched: moving bars if stderr is a terminal, else a line a step, and some between.
 *
 * @param notify - takes the lines
 */
export function showProgress(notify: (line: string) => void): OnProgress {
  return process.stderr.isTTY ? bars() : lines(notify);
}

/** The bars are imported once there is something to show: mostly everything is there. */
function bars(): OnProgress {
  let display: Promise<OnProgress> | undefined;
  return (progress) => {
    display ??= import("./progress-bars.js").then(({ progressBars }) => progressBars());
    void display.then((show) => show(progress));
  };
}

function lines(notify: (line: string) => void): OnProgress {
  const told = new Map<Progress["what"], { readonly label: string; readonly at: number }>();
  const rates = new TransferRates();
  return (progress) => {
    const { what, label, finished } = progress;
    const rate = rates.look(progress);
    const last = told.get(what);
    const now = performance.now();
    if (finished) notify(`${label}: done ${progressSizes(progress)}`.trimEnd());
    else if (last?.label !== label) notify(label);
    else if (now - last.at >= LINE_MS && rate !== "") notify(`${label}: ${progressSizes(progress)}, ${rate}`);
    else return;
    told.set(what, { label, at: now });
  };
}
