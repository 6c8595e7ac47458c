import { isHost } from "../../platform/index.js";
import { ListenError } from "../errors.js";
import type { ServeOptions } from "../serve-options.js";

/**
 * Checks that options don't contradict each other, and that the server can have its addresses.
 *
 * @throws {TypeError} {@link ListenError} as {@link serve} says.
 */
export function checkOptions(options: ServeOptions): void {
  for (const check of optionChecks(options)) check();
}

/** The same as checks that know nothing of each other, so that whoever wants every problem can have it. */
export function optionChecks(options: ServeOptions): readonly (() => void)[] {
  const { host = "127.0.0.1", port = 0, metrics } = options;
  const own = typeof metrics === "object" ? metrics : {};
  return [
    () => checkAddress(host, port),
    () => checkAddress(own.host ?? host, own.port ?? port),
    () => {
      if (own.port === undefined || own.port === 0 || own.port !== port || (own.host ?? host) !== host)
        return;
      throw new TypeError(
        `The metrics can't have port ${port} to themselves, since the server listens there: choose another, or leave it out to have them at the server's /metrics.`,
      );
    },
    () => checkModels(options),
  ];
}

function checkAddress(host: string, port: number): void {
  if (isHost(host)) return;
  const problem =
    "that isn't an address or the name of a host. Write it alone, without a scheme, a port or brackets, as in 127.0.0.1 or ::1";
  throw new ListenError(host, port, problem);
}

function checkModels({ small = false, strict = false, modelFile, engine, as }: ServeOptions): void {
  const hasModel = modelFile !== undefined || engine !== undefined;
  if (small && strict)
    throw new TypeError("`strict` refuses every stand-in, and `small` names one: leave out one of them.");
  if (small && hasModel)
    throw new TypeError("`small` names a model, and so does `modelFile` or `engine`: leave out one of them.");
  if (as !== undefined && !hasModel)
    throw new TypeError("`as` names the model in `modelFile` or `engine`: give one of them too.");
}
