// Vercel's AI SDK: generateText with tools is its agent loop, Output.object its structured output.
import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { generateText, Output, stepCountIs, streamText, tool } from "ai";

import {
  Calculator,
  expectAnswer,
  expectPerson,
  expectStream,
  expectUsage,
  PERSON,
  PERSON_TEXT,
  QUESTION,
  run,
  SUM_QUESTION,
  TERMS,
  TOOLS_MODEL,
} from "./cases.mjs";

// it reads the credentials and the region from the environment, but not the endpoint
const bedrock = createAmazonBedrock({ baseURL: process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME });
const model = bedrock(TOOLS_MODEL);

await run("@ai-sdk/amazon-bedrock", {
  async plain() {
    expectAnswer((await generateText({ model, prompt: QUESTION })).text);
  },

  async stream() {
    return expectStream(streamText({ model, prompt: QUESTION }).textStream);
  },

  async usage() {
    const { usage } = await generateText({ model, prompt: QUESTION });
    expectUsage(usage.inputTokens, usage.outputTokens);
  },

  async tools() {
    const calculator = new Calculator();
    const { text } = await generateText({
      model,
      prompt: SUM_QUESTION,
      tools: {
        add: tool({ description: "Add two integers.", inputSchema: TERMS, execute: calculator.add }),
        multiply: tool({
          description: "Multiply two integers.",
          inputSchema: TERMS,
          execute: calculator.multiply,
        }),
      },
      stopWhen: stepCountIs(5),
    });
    calculator.expectCalls(text);
  },

  async structured() {
    const { output } = await generateText({
      model,
      prompt: PERSON_TEXT,
      output: Output.object({ schema: PERSON }),
    });
    expectPerson(output);
  },
});
