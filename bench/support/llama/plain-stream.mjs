import { Agent, request as httpRequest } from "node:http";
import { once } from "node:events";

/** Streams server-sent events from llama-server, with plain Node. */
export function plainStream(url) {
  // a new connection for each: llama-server closes idle ones, perhaps just as they are reused
  const agent = new Agent({ keepAlive: false });
  return async function* ({ ids, maxTokens, temperature, topP }, signal) {
    const body = JSON.stringify({
      prompt: ids,
      n_predict: maxTokens,
      stream: true,
      temperature,
      // greedy sampling at the lowest cost; or Bedrock's sampling, without top-k
      ...(temperature === 0
        ? { top_k: 1, samplers: ["top_k"] }
        : { top_k: 0, top_p: topP, samplers: ["top_p", "temperature"] }),
    });
    const headers = { "content-type": "application/json" };
    const request = httpRequest(`${url}/completion`, { method: "POST", agent, signal, headers });
    request.end(body);
    const [response] = await once(request, "response");
    response.setEncoding("utf8");
    if (response.statusCode !== 200) throw new Error(`llama-server answered ${response.statusCode}.`);
    let rest = "";
    for await (const text of response) {
      const lines = (rest + text).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        if (!line.startsWith("data: {")) continue;
        const part = JSON.parse(line.slice("data: ".length));
        yield { tokens: part.tokens_predicted, promptTokens: part.tokens_evaluated };
      }
    }
  };
}
