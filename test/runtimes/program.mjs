// What a program in Node, Bun or Deno does with Cria: the first argument says which of the cases below it runs. It prints one line of JSON.
import { BedrockRuntimeClient, InvokeModelWithResponseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttp2Handler, NodeHttpHandler } from "@smithy/node-http-handler";
import { closeLocal, createScriptedEngine, serve, streamLlama } from "cria";

const ANSWER = ["Hello", " from", " Cria"];
const MODEL = "meta.llama2-13b-chat-v1";
const PROMPT = "<s>[INST] Hello [/INST]";

const cases = {
  /** The library calls a server. */
  stream: (url) => generated(streamLlama({ on: url, prompt: PROMPT, model: MODEL })),
  /** The AWS SDK calls a server, as the SDK is set up by default: over HTTP/2. */
  "sdk-2": (url) => invoke(url, new NodeHttp2Handler()),
  "sdk-1": (url) => invoke(url, new NodeHttpHandler()),
  /** This program is the server. */
  "serve-1": () => withServer((url) => invoke(url, new NodeHttpHandler())),
  "serve-2": () => withServer((url) => invoke(url, new NodeHttp2Handler())),
  /** The engine itself answers, in a process that the library starts. */
  async engine(modelFile) {
    const text = await generated(
      streamLlama({ modelFile, prompt: PROMPT, model: MODEL, maxGenLen: 8, temperature: 0 }),
    );
    await closeLocal();
    return text;
  },
};

const [name, argument] = process.argv.slice(2);
try {
  console.log(JSON.stringify({ text: await cases[name](argument) }));
} catch (error) {
  console.log(JSON.stringify({ error: `${error.name}: ${error.message}` }));
}

async function generated(stream) {
  let text = "";
  for await (const { generation } of stream) text += generation;
  return text;
}

async function withServer(call) {
  const server = await serve({ engine: createScriptedEngine({ script: { tokens: ANSWER } }) });
  try {
    return await call(server.url);
  } finally {
    await server.close();
  }
}

async function invoke(endpoint, requestHandler) {
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  const client = new BedrockRuntimeClient({
    region: "us-east-1",
    endpoint,
    credentials,
    requestHandler,
    maxAttempts: 1,
  });
  const body = JSON.stringify({ prompt: PROMPT });
  const { body: chunks } = await client.send(
    new InvokeModelWithResponseStreamCommand({ modelId: MODEL, body, contentType: "application/json" }),
  );
  let text = "";
  for await (const { chunk } of chunks) text += JSON.parse(new TextDecoder().decode(chunk.bytes)).generation;
  client.destroy();
  return text;
}
