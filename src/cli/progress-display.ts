import cliProgress from "cli-progress";

import { formatBytes, type OnProgress, type Progress } from "../store/index.js";

/** Wide enough to see it move, narrow enough for 80 columns with label and sizes beside it. */
const BAR_WIDTH = 20;

/**
 * Shows what is fetched: moving bars if stderr is a terminal, else a line a step.
 *
 * @param notify - takes the lines
 */
export function showProgress(notify: (line: string) => void): OnProgress {
  return process.stderr.isTTY ? bars() : lines(notify);
}

/** Engine and model may be fetched at the same time: a bar each. */
function bars(): OnProgress {
  let all: cliProgress.MultiBar | undefined;
  const running = new Map<Progress["what"], cliProgress.SingleBar>();
  return (progress) => {
    const { what, doneBytes = 0, totalBytes = doneBytes, finished } = progress;
    all ??= new cliProgress.MultiBar({ format, hideCursor: true, gracefulExit: false });
    let bar = running.get(what);
    if (!bar) running.set(what, (bar = all.create(totalBytes, doneBytes, { progress })));
    bar.setTotal(totalBytes);
    bar.update(doneBytes, { progress });
    if (!finished) return;
    bar.stop();
    running.delete(what);
    if (running.size > 0) return;
    all.stop();
    all = undefined;
  };
}

/** The bar first: a label that is too long for the terminal is cut off at its end. */
function format(_options: unknown, params: { progress: number }, payload: { progress: Progress }): string {
  const { label, totalBytes } = payload.progress;
  const size = sizes(payload.progress);
  if (totalBytes === undefined) return ["cria:", label, size].join(" ").trimEnd();
  const filled = Math.round(params.progress * BAR_WIDTH);
  return `cria: ${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)} ${size} ${label}`;
}

function lines(notify: (line: string) => void): OnProgress {
  const labels = new Map<Progress["what"], string>();
  return (progress) => {
    const { what, label, finished } = progress;
    if (finished) notify(`${label}: done ${sizes(progress)}`.trimEnd());
    else if (labels.get(what) !== label) notify(label);
    labels.set(what, label);
  };
}

function sizes({ doneBytes, totalBytes, finished }: Progress): string {
  if (doneBytes === undefined) return "";
  if (finished || totalBytes === undefined) return formatBytes(doneBytes);
  return `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`;
}
