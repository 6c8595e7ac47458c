// Servers that stand for those a container reaches, as processes of their own:
//
//   node stand-ins.mjs vllm PORT KEY     vLLM: answers with the tokens " 1", " 2", … one each 200 ms, and wants a key
//   node stand-ins.mjs hub PORT FILE     a mirror of Hugging Face that has one file
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";

const TOKEN_MS = 200;

const [kind, port, setting] = process.argv.slice(2);

async function vllm(request, response) {
  const json = (status, body) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  if (request.url === "/health") return response.end();
  if (request.headers.authorization !== `Bearer ${setting}`) return json(401, { error: "Unauthorized" });
  if (request.url === "/v1/models")
    return json(200, { data: [{ id: "llama-3.2-1b-instruct", owned_by: "vllm", max_model_len: 8192 }] });
  let text = "";
  for await (const part of request) text += part;
  const { max_tokens: most = 1 } = JSON.parse(text);
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let n = 1; n <= most && !response.destroyed; n++) {
    await setTimeout(TOKEN_MS);
    const choice = {
      text: ` ${n}`,
      token_ids: [n],
      logprobs: { tokens: [` ${n}`] },
      finish_reason: n === most ? "length" : null,
    };
    const usage = { prompt_tokens: 3, completion_tokens: n };
    response.write(`data: ${JSON.stringify({ choices: [choice], usage })}\n\n`);
  }
  response.end("data: [DONE]\n\n");
}

function hub(request, response) {
  if (!request.url.endsWith(".gguf")) return response.writeHead(404).end();
  response.writeHead(200, { "content-length": statSync(setting).size });
  if (request.method === "HEAD") response.end();
  else createReadStream(setting).pipe(response);
}

createServer(kind === "vllm" ? vllm : hub).listen(Number(port), "127.0.0.1", () => console.log("ready"));
