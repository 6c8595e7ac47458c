import { type Command, Option } from "commander";

import { integerBetween } from "../option-values.js";

/** How a server stops, in s. */
export interface StopOptions {
  readonly drainDelay: number;
  readonly grace: number;
}

/** A day; longer is as good as no limit. */
const MAX_SECONDS = 86_400;

/** Adds {@link StopOptions} to a command. The default of `--grace` repeats the server's, which isn't imported because it takes long to load. */
export function addStopOptions(command: Command): Command {
  const seconds = integerBetween(0, MAX_SECONDS);
  return command
    .addOption(
      new Option(
        "--drain-delay <s>",
        "seconds to go on taking requests after a signal to stop, while GET /health/ready answers 503: time for a load balancer to notice",
      )
        .argParser(seconds)
        .default(0),
    )
    .addOption(
      new Option("--grace <s>", "seconds that running answers may then take to finish")
        .argParser(seconds)
        .default(10),
    );
}
