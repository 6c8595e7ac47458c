// A TypeScript program that uses the library. It is compiled against the installed package's types, and then run.
import {
  createScriptedEngine,
  EngineBusyError,
  type Engine,
  type Fault,
  FaultPlan,
  invokeLlama,
  type LlamaChunk,
  operationNames,
  parseFault,
  serve,
  type ServeOptions,
  StreamBrokenError,
  streamLlama,
} from "cria";
import {
  encodeMessage,
  type HeaderValue,
  type Message,
  MessageCorruptError,
  MessageDecoder,
} from "cria/event-stream";

const engine: Engine = createScriptedEngine({
  script: ({ prompt }) => ({ tokens: [{ text: prompt.length > 0 ? "yes" : "no" }, "!"] }),
});
const fault: Fault = parseFault("ThrottlingException,count=1", operationNames);
const options: ServeOptions = { engine, faults: new FaultPlan([fault]) };
await using server = await serve(options);

const chunks: LlamaChunk[] = [];
try {
  const stream = streamLlama({ on: server, messages: [{ role: "user", content: "Hi" }] });
  for await (const chunk of stream) chunks.push(chunk);
  const tokens: number = stream.totals.generationTokenCount;
  if (tokens !== 3) throw new Error(`${tokens} tokens`);
} catch (error) {
  if (error instanceof StreamBrokenError || error instanceof EngineBusyError) console.error(error.message);
  throw error;
}
const { generation, stopReason } = await invokeLlama({ on: server, prompt: "Hi" });

const headers = new Map<string, HeaderValue>([["n", { type: "long", value: 5n }]]);
const decoder = new MessageDecoder();
const [message]: Message[] = [...decoder.push(encodeMessage({ headers, body: new Uint8Array([1]) }))];
const header = message?.headers.get("n");
const long: bigint | undefined = header?.type === "long" ? header.value : undefined;
const corrupt = new MessageCorruptError("message checksum", "it differs.");

// @ts-expect-error an unknown option
await streamLlama({ on: server, prompt: "Hi", maxTokens: 1 })[Symbol.asyncIterator]().return?.();
// @ts-expect-error prompt and messages exclude each other
const both: Parameters<typeof streamLlama>[0] = { prompt: "Hi", messages: [] };

console.log(
  [
    chunks.map((chunk) => chunk.generation).join(""),
    generation,
    stopReason,
    long,
    corrupt.part,
    Object.keys(both),
  ].join(" "),
);
