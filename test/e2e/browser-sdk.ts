import {
  BedrockRuntimeClient,
  ConverseStreamCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";

/** What a test asks of the page. */
interface Asked {
  readonly endpoint: string;
  readonly modelId: string;
  readonly operation: "invoke" | "converse";
}

/** Streams with the official SDK, bundled for a browser. @returns the text of each event */
async function streamText({ endpoint, modelId, operation }: Asked): Promise<string[]> {
  const client = new BedrockRuntimeClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "cria", secretAccessKey: "cria" },
    maxAttempts: 1,
  });
  const texts: string[] = [];
  if (operation === "invoke") {
    const body = JSON.stringify({ prompt: "Hi" });
    const { body: events } = await client.send(new InvokeModelWithResponseStreamCommand({ modelId, body }));
    for await (const { chunk } of events ?? []) {
      const json = JSON.parse(new TextDecoder().decode(chunk?.bytes)) as { generation: string };
      texts.push(json.generation);
    }
  } else {
    const messages = [{ role: "user" as const, content: [{ text: "Hi" }] }];
    const { stream } = await client.send(new ConverseStreamCommand({ modelId, messages }));
    for await (const { contentBlockDelta } of stream ?? []) texts.push(contentBlockDelta?.delta?.text ?? "");
  }
  return texts;
}

Object.assign(globalThis, { streamText });
