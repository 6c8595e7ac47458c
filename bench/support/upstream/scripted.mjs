/**
 * A server that costs next to nothing: it answers in vLLM's chunks, whose texts it doesn't have to compute. `work.mjs` says when each is due. In a
 * process of its own.
 */
import { once } from "node:events";
import { createServer } from "node:http";

import { answer } from "../http-path/process.mjs";
import { parse, textOf, turnOf } from "../http-path/work.mjs";

const NAME = "meta-llama/scripted";

const models = JSON.stringify({ data: [{ id: NAME, owned_by: "vllm", max_model_len: 131_072 }] });

/** A chunk as vLLM 0.32 sends it for one token. */
function chunk(text, count, last) {
  return `data: {"id":"cmpl-0123456789abcdef0123456789abcdef","object":"text_completion","created":1790000000,"model":"${NAME}","choices":[{"index":0,"text":"${text}","logprobs":{"text_offset":[${count * 4}],"token_logprobs":[-0.5],"tokens":["${text}"],"top_logprobs":[{"${text}":-0.5}]},"finish_reason":${last ? '"length"' : "null"},"stop_reason":null,"token_ids":[${1000 + count}],"prompt_token_ids":null}],"usage":{"prompt_tokens":4,"total_tokens":${4 + count},"completion_tokens":${count}}}\n\n`;
}

async function write(work, response) {
  for (let number = 1; ; number += 1) {
    if (work.kind !== "burst") await turnOf(work, number);
    if (response.destroyed) return;
    const last = number === work.frames && work.kind !== "idle";
    if (!response.write(chunk(textOf(work), number, last))) await once(response, "drain");
    if (last) break;
  }
  response.end("data: [DONE]\n\n");
}

const server = createServer((request, response) => {
  if (request.method === "GET") {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(request.url === "/v1/models" ? models : "{}");
    return;
  }
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    write(parse(JSON.parse(Buffer.concat(parts)).prompt), response).catch(() => undefined);
  });
});
server.keepAliveTimeout = 60_000;
server.listen({ port: 0, host: "127.0.0.1", backlog: 8192 });
await once(server, "listening");
answer(server.address().port);
