import cliProgress from "cli-progress";

import { formatBytes, type OnProgress, type Progress } from "../store/index.js";
import { TransferRate } from "./transfer-rate.js";

/** Wide enough to see it move, narrow enough for 80 columns with label and sizes beside it. */
const BAR_WIDTH = 20;

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

/** Engine and model may be fetched at the same time: a bar each. */
function bars(): OnProgress {
  let all: cliProgress.MultiBar | undefined;
  const running = new Map<Progress["what"], cliProgress.SingleBar>();
  const rates = new Rates();
  return (progress) => {
    const { what, doneBytes = 0, totalBytes = doneBytes, finished } = progress;
    all ??= new cliProgress.MultiBar({ format, hideCursor: true, gracefulExit: false });
    let bar = running.get(what);
    const payload = { progress, rate: rates.look(progress) };
    if (!bar) running.set(what, (bar = all.create(totalBytes, doneBytes, payload)));
    bar.setTotal(totalBytes);
    bar.update(doneBytes, payload);
    if (!finished) return;
    bar.stop();
    running.delete(what);
    if (running.size > 0) return;
    all.stop();
    all = undefined;
  };
}

/** The bar first: a label that is too long for the terminal is cut off at its end. */
function format(
  _options: unknown,
  params: { progress: number },
  payload: { progress: Progress; rate: string },
): string {
  const { label, totalBytes } = payload.progress;
  const size = [sizes(payload.progress), payload.rate].filter((part) => part !== "").join(", ");
  if (totalBytes === undefined) return ["cria:", label, size].join(" ").trimEnd();
  const filled = Math.round(params.progress * BAR_WIDTH);
  return `cria: ${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)} ${size} ${label}`;
}

function lines(notify: (line: string) => void): OnProgress {
  const told = new Map<Progress["what"], { readonly label: string; readonly at: number }>();
  const rates = new Rates();
  return (progress) => {
    const { what, label, finished } = progress;
    const rate = rates.look(progress);
    const last = told.get(what);
    const now = performance.now();
    if (finished) notify(`${label}: done ${sizes(progress)}`.trimEnd());
    else if (last?.label !== label) notify(label);
    else if (now - last.at >= LINE_MS && rate !== "") notify(`${label}: ${sizes(progress)}, ${rate}`);
    else return;
    told.set(what, { label, at: now });
  };
}

/** The rate of each kind of work. */
class Rates {
  readonly #rates = new Map<Progress["what"], TransferRate>();

  look({ what, doneBytes, totalBytes, finished }: Progress): string {
    let rate = this.#rates.get(what);
    if (!rate) this.#rates.set(what, (rate = new TransferRate()));
    if (doneBytes === undefined || totalBytes === undefined || finished) return "";
    return rate.look(doneBytes, totalBytes);
  }
}

function sizes({ doneBytes, totalBytes, finished }: Progress): string {
  if (doneBytes === undefined) return "";
  if (finished || totalBytes === undefined) return formatBytes(doneBytes);
  return `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`;
}
