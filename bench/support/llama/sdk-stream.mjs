import { BedrockRuntimeClient, InvokeModelWithResponseStreamCommand } from "@aws-sdk/client-bedrock-runtime";

/** The id whose prompts reach the model verbatim, after a beginning-of-sequence token. */
export const MODEL_ID = "meta.llama2-13b-chat-v1";

/** Streams from Cria, as a program on AWS would. */
export function sdkStream(url) {
  const client = new BedrockRuntimeClient({
    endpoint: url,
    region: "us-east-1",
    credentials: { accessKeyId: "bench", secretAccessKey: "bench" },
    // no retries: they would distort the times
    maxAttempts: 1,
  });
  const decoder = new TextDecoder();
  return async function* ({ prompt, maxTokens, temperature, topP }, abortSignal) {
    const body = JSON.stringify({ prompt, max_gen_len: maxTokens, temperature, top_p: topP });
    const command = new InvokeModelWithResponseStreamCommand({ modelId: MODEL_ID, body });
    const response = await client.send(command, { abortSignal });
    for await (const { chunk } of response.body) {
      const part = JSON.parse(decoder.decode(chunk.bytes));
      yield { tokens: part.generation_token_count, promptTokens: part.prompt_token_count };
    }
  };
}
