// Uses the installed library as a program does, and prints the results.
import {
  createScriptedEngine,
  DEFAULT_MODEL_ID,
  parseFault,
  operationNames,
  InvalidFaultError,
  serve,
  streamLlama,
  UnknownModelIdError,
} from "cria";
import * as cria from "cria";
import * as eventStream from "cria/event-stream";

const engine = createScriptedEngine({ script: { tokens: [" Hello", " there"] } });
const server = await serve({ engine });

let text = "";
for await (const { generation } of streamLlama({ on: server, prompt: "<s>[INST] Hi [/INST]" }))
  text += generation;

const path = `/model/${DEFAULT_MODEL_ID}/invoke-with-response-stream`;
const response = await fetch(server.url + path, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ prompt: "Hi" }),
});
const frames = [];
for await (const message of eventStream.decodeMessages(response.body)) {
  frames.push(message.headers.get(":event-type")?.value);
}

const errors = [];
try {
  parseFault("NoSuchException", operationNames);
} catch (error) {
  errors.push(error instanceof InvalidFaultError);
}
await serve({ engine, as: "no.model" }).catch((error) => errors.push(error instanceof UnknownModelIdError));

await server.close();

console.log(
  JSON.stringify({
    text,
    frames,
    errors,
    exports: { cria: Object.keys(cria), "event-stream": Object.keys(eventStream) },
  }),
);
