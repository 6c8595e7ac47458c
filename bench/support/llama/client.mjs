/**
 * A client in a separate process. It reads streams, from Cria with the AWS SDK (`sdk`) or from llama-server with plain Node
 * (`plain`), and reports the time of each token. Started by peer.mjs.
 */
import { sdkStream } from "./sdk-stream.mjs";
import { plainStream } from "./plain-stream.mjs";

const [kind, url] = process.argv.slice(2);
const stream = kind === "sdk" ? sdkStream(url) : plainStream(url);

/**
 * Reads streams in parallel. A stream with `after` starts once each of the others has that many tokens, and stops them when it ends.
 *
 * @returns for each stream its start, the times of its tokens, and their number, in ms on one clock
 */
async function measure(requests) {
  const results = requests.map(() => ({ start: 0, times: [], tokens: 0, promptTokens: 0 }));
  const stop = new AbortController();
  let wake = () => undefined;
  const read = async (request, index) => {
    const result = results[index];
    const others = results.filter((other) => other !== result);
    while (others.some(({ tokens }) => tokens < (request.after ?? 0))) {
      await new Promise((resolve) => (wake = resolve));
    }
    result.start = performance.now();
    try {
      for await (const { tokens, promptTokens } of stream(request, stop.signal)) {
        if (tokens > result.tokens) result.times.push(performance.now());
        result.tokens = tokens;
        result.promptTokens = promptTokens ?? result.promptTokens;
        wake();
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
    if (request.after !== undefined) stop.abort();
  };
  await Promise.all(requests.map(read));
  return results;
}

process.on("message", async (requests) => {
  try {
    process.send({ results: await measure(requests) });
  } catch (error) {
    process.send({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
process.on("disconnect", () => process.exit());
