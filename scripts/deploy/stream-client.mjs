// A program with the AWS SDK: node stream-client.mjs URL MODEL MAX_TOKENS. Streams an answer and prints a line of JSON for each chunk.
import { BedrockRuntimeClient, InvokeModelWithResponseStreamCommand } from "@aws-sdk/client-bedrock-runtime";

const [endpoint, modelId, tokens] = process.argv.slice(2);
const client = new BedrockRuntimeClient({ endpoint, region: "us-east-1", maxAttempts: 1 });
try {
  const { body } = await client.send(
    new InvokeModelWithResponseStreamCommand({
      modelId,
      contentType: "application/json",
      body: JSON.stringify({ prompt: "Count.", max_gen_len: Number(tokens), temperature: 0 }),
    }),
  );
  for await (const { chunk } of body) console.log(Buffer.from(chunk.bytes).toString());
} catch (error) {
  console.log(
    JSON.stringify({ error: error.name, status: error.$metadata?.httpStatusCode, message: error.message }),
  );
  process.exitCode = 1;
}
