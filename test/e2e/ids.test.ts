import { describe, expect, it } from "vitest";

import { runCli } from "../support/run-cli.js";
import { temporaryFile } from "../support/temporary-file.js";

const PROFILE = "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2c3d4e5f6";
const MODEL = "arn:aws:bedrock:eu-west-1:123456789012:provisioned-model/b1b2c3d4e5f6";
const LLAMA_3_3 = "meta.llama3-3-70b-instruct-v1:0";

/** Runs a program that calls Converse with each id, under `cria run`. @returns what each call gave */
async function converse(options: readonly string[], ids: readonly string[]): Promise<readonly string[]> {
  await using file = await temporaryFile("script.json", JSON.stringify({ tokens: ["Hello"] }));
  const program = `
    import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
    const client = new BedrockRuntimeClient({ region: "eu-west-1" });
    const messages = [{ role: "user", content: [{ text: "Hi" }] }];
    for (const modelId of ${JSON.stringify(ids)}) {
      const answer = client.send(new ConverseCommand({ modelId, messages }));
      console.log(await answer.then(({ stopReason }) => stopReason, (error) => error.message));
    }`;
  const { code, stdout, stderr } = await runCli([
    ...["run", "--script", file.path, ...options, "--"],
    ...[process.execPath, "--input-type=module", "-e", program],
  ]);
  expect(code, stderr).toBe(0);
  return stdout.trimEnd().split("\n");
}

describe("cria run", () => {
  it("answers an unchanged program that names ARNs, with --model-map given several times", async () => {
    const options = ["--model-map", `${PROFILE}=${LLAMA_3_3}`, "--model-map", `${MODEL}=us.${LLAMA_3_3}`];
    const invalid = "The provided model identifier is invalid.";
    expect(await converse(options, [PROFILE, MODEL])).toEqual(["end_turn", "end_turn"]);
    expect(await converse([], [PROFILE, MODEL])).toEqual([invalid, invalid]);
  });

  it("refuses a bare id with --strict-ids, and answers it without", async () => {
    const ids = [LLAMA_3_3, `us.${LLAMA_3_3}`];
    const refusal = `Invocation of model ID ${LLAMA_3_3} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`;
    expect(await converse(["--strict-ids"], ids)).toEqual([refusal, "end_turn"]);
    expect(await converse([], ids)).toEqual(["end_turn", "end_turn"]);
  });
});
