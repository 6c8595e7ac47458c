import cliProgress from "cli-progress";

import { printableLine } from "../platform/index.js";
import type { OnProgress, Progress } from "../store/index.js";
import { progressSizes, TransferRates } from "./transfer-rate.js";

/** In characters: wide enough to see movement, narrow enough to leave room for sizes and label in 80 columns. */
const BAR_WIDTH = 20;

/** Shows each running download as a bar; engine and model may be downloaded at the same time. */
export function progressBars(): OnProgress {
  let all: cliProgress.MultiBar | undefined;
  const running = new Map<Progress["what"], cliProgress.SingleBar>();
  const rates = new TransferRates();
  return (progress) => {
    const { what, doneBytes = 0, totalBytes = doneBytes, finished, stopped } = progress;
    all ??= new cliProgress.MultiBar({ format, hideCursor: true, gracefulExit: false });
    let bar = running.get(what);
    const payload = { progress, rate: rates.update(progress) };
    if (!bar) running.set(what, (bar = all.create(totalBytes, doneBytes, payload)));
    if (!stopped) {
      bar.setTotal(totalBytes);
      bar.update(doneBytes, payload);
    }
    if (!finished) return;
    bar.stop();
    running.delete(what);
    if (running.size > 0) return;
    all.stop();
    all = undefined;
  };
}

/** The label comes last: where the terminal is too narrow, the end of the line is cut off. */
function format(
  _options: unknown,
  params: { progress: number },
  payload: { progress: Progress; rate: string },
): string {
  const { totalBytes } = payload.progress;
  const label = printableLine(payload.progress.label);
  const size = [progressSizes(payload.progress), payload.rate].filter((part) => part !== "").join(", ");
  if (totalBytes === undefined) return ["cria:", label, size].join(" ").trimEnd();
  const filled = Math.round(params.progress * BAR_WIDTH);
  return `cria: ${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)} ${size} ${label}`;
}
