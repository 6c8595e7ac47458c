import { type Command, Option } from "commander";

import { serverUrlProblem } from "../../platform/index.js";
import type { ServeOptions } from "../../server/index.js";
import { UsageError } from "../errors.js";
import { integerBetween } from "../option-values.js";

/** Options for those who watch a server from outside. */
export interface ObserveOptions {
  readonly metrics?: true;
  readonly metricsPort?: number;
  readonly metricsAuth?: "none" | "keys";
  /** A URL, or true for the environment's. */
  readonly traces?: string | true;
}

const GROUP = "Metrics and traces (docs/observability.md):";

/** Adds {@link ObserveOptions} to a command. */
export function addObserveOptions(command: Command): Command {
  const add = (option: Option) => command.addOption(option.helpGroup(GROUP));
  add(
    new Option(
      "--metrics",
      "answer GET /metrics for Prometheus; without a key, on this machine alone (default: off)",
    ),
  );
  add(
    new Option(
      "--metrics-port <n>",
      "the same on a port of its own, in plain HTTP, for whoever reaches it; 0 means any free port",
    ).argParser(integerBetween(0, 65_535)),
  );
  add(
    new Option(
      "--metrics-auth <who>",
      "keys: a scraper needs a key, as other clients do (default: none)",
    ).choices(["none", "keys"]),
  );
  add(
    new Option(
      "--traces [url]",
      "send an OpenTelemetry span for each request to a collector, by OTLP over HTTP; without a URL, to that of OTEL_EXPORTER_OTLP_ENDPOINT (default: off)",
    ).argParser(collectorUrl),
  );
  return command;
}

function collectorUrl(text: string): string {
  if (serverUrlProblem(text) === undefined) return text;
  // commander's own error would repeat the text, and it may hold a key
  throw new UsageError(
    "--traces must have a URL such as http://localhost:4318, without a user, a key, a `?` or a `#`. Headers with a key stand in OTEL_EXPORTER_OTLP_HEADERS.",
  );
}

/**
 * The options as `serve()` takes them.
 *
 * @throws {UsageError} the options don't go together.
 */
export function observeSettings({
  metrics,
  metricsPort: port,
  metricsAuth: auth,
  traces,
}: ObserveOptions): Pick<ServeOptions, "metrics" | "traces"> {
  const wanted = metrics === true || port !== undefined;
  if (auth !== undefined && !wanted) {
    throw new UsageError(
      "--metrics-auth says who may scrape, but metrics are off. Add --metrics or --metrics-port.",
    );
  }
  return {
    ...(wanted && { metrics: { ...(port !== undefined && { port }), ...(auth !== undefined && { auth }) } }),
    ...(traces !== undefined && { traces: traces === true ? true : { endpoint: traces } }),
  };
}
