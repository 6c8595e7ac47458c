/** The client of `upstream.mjs`, the same with Cria in between and without, in a process of its own. It gets its tasks by messages. */
import { MessageDecoder } from "../../../dist/event-stream.js";
import { openHttp1 } from "../http-path/http1-client.mjs";
import { openStreams } from "../http-path/open-streams.mjs";
import { MODEL } from "../http-path/work.mjs";

/** What is asked of each: the server itself, in its own words, or Cria. */
const requests = {
  vllm:
    ({ name, tokens }) =>
    (prompt) => ({
      path: "/v1/completions",
      body: {
        ...{ model: name, prompt, max_tokens: tokens, temperature: 0, stream: true },
        stream_options: { include_usage: true, continuous_usage_stats: true },
      },
    }),
  "llama-server":
    ({ tokens }) =>
    (prompt) => ({
      path: "/completion",
      body: { prompt, n_predict: tokens, temperature: 0, stream: true, return_tokens: true },
    }),
  cria:
    ({ tokens }) =>
    (prompt) => ({
      path: `/model/${MODEL}/invoke-with-response-stream`,
      body: { prompt, max_gen_len: tokens, temperature: 0 },
    }),
};

/** Counts the tokens in the parts of an answer. */
function counter(who) {
  let tokens = 0;
  if (who === "cria") {
    const decoder = new MessageDecoder();
    return {
      push: (bytes) => (tokens += decoder.push(bytes).length),
      tokens: () => tokens,
    };
  }
  let text = "";
  return {
    push: (bytes) => (text += bytes.latin1Slice()),
    // llama-server and vLLM send a last event without a token
    tokens: () => text.split("data: {").length - 2,
  };
}

let held = [];

const work = {
  /** Makes a request for each prompt, `streams` at once. @returns ms in all, ms to each first byte of a body, and tokens */
  async measure({ who, protocol = "http1", port, streams, prompts, name, tokens }) {
    const requestOf = requests[who]({ name, tokens });
    const opened = await openStreams(protocol, port, streams, requestOf);
    const left = [...prompts];
    const firsts = [];
    let count = 0;
    const start = performance.now();
    await Promise.all(
      opened.map(async (connection) => {
        for (let prompt; (prompt = left.shift()) !== undefined;) {
          // llama-server may end a connection behind a stream
          const one = who === "llama-server" ? await openHttp1(port, requestOf) : connection;
          const meter = counter(who);
          const asked = performance.now();
          let first;
          await one.request(prompt, (bytes) => {
            first ??= performance.now() - asked;
            meter.push(bytes);
          });
          if (one !== connection) one.close();
          firsts.push(first);
          count += meter.tokens();
        }
      }),
    );
    const ms = performance.now() - start;
    for (const connection of new Set(opened)) connection.close();
    return { ms, firsts, tokens: count };
  },
  /** Opens streams and waits for the first token of each. */
  async hold({ protocol, port, streams }) {
    const opened = await openStreams(protocol, port, streams, requests.cria({ tokens: 2048 }));
    held = [...new Set(opened)];
    await Promise.all(
      opened.map((connection) => new Promise((resolve) => void connection.request("idle", resolve))),
    );
    return {};
  },
  release() {
    for (const connection of held) connection.close();
    return {};
  },
};

process.on("message", async ({ what, ...options }) => process.send(await work[what](options)));
process.on("disconnect", () => process.exit());
process.send({});
