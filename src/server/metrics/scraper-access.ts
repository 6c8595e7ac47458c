import { isLoopback } from "../../platform/index.js";
import type { Authenticator } from "../access/index.js";
import { type Callers, refuseCaller } from "../callers/index.js";
import type { ServerRequest } from "../request.js";

/** Who may scrape. */
export interface ScraperRules {
  /** Checks the key; undefined if none is asked for. */
  readonly authenticator: Authenticator | undefined;
  /** Whether others call the same port. Without a key it then answers this machine alone. */
  readonly sharesPort: boolean;
  /** The hosts that a scraper without a key may name: a web page could otherwise read the metrics under a name of its own. */
  readonly callers: Callers;
}

/** What a proxy adds. Behind one on this machine, everybody comes from here. */
const FORWARDED = ["forwarded", "x-forwarded-for"];

/** @throws {BedrockException} who asks may not have the metrics. */
export async function checkScraper(
  request: ServerRequest,
  { authenticator, sharesPort, callers }: ScraperRules,
): Promise<void> {
  if (authenticator) {
    const proof = await authenticator.identify(request);
    await proof?.verify();
    request.prove();
    return;
  }
  if (sharesPort) {
    const forwarded = FORWARDED.some((name) => request.header(name) !== undefined);
    if (forwarded || !isLoopback(request.address)) {
      refuseCaller(
        request,
        "On this port, the metrics are for programs on the same machine alone. Start the server with `--metrics-port` to give them a port of their own, " +
          "or with `--metrics-auth keys` and send a key with each request.",
      );
    }
  }
  callers.check(request);
}
