// Send a prompt to Llama 2 on Amazon Bedrock and print the answer as it is generated.

import { BedrockRuntimeClient, InvokeModelWithResponseStreamCommand } from "@aws-sdk/client-bedrock-runtime";

const client = new BedrockRuntimeClient({ region: "us-east-1" });

const userMessage = "Describe the purpose of a 'hello world' program in one line.";

// Llama 2's own format: an instruction stands between [INST] and [/INST].
const prompt = `<s>[INST] ${userMessage} [/INST]`;

const response = await client.send(
  new InvokeModelWithResponseStreamCommand({
    modelId: "meta.llama2-13b-chat-v1",
    contentType: "application/json",
    body: JSON.stringify({ prompt, max_gen_len: 512, temperature: 0.5 }),
  }),
);

for await (const event of response.body) {
  const chunk = JSON.parse(new TextDecoder().decode(event.chunk.bytes));
  process.stdout.write(chunk.generation);
}
process.stdout.write("\n");
