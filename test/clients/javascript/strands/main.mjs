// Strands Agents. Its model streams by default, and Bedrock refuses tools in a stream: so streaming is off for the agent.
import { Agent, BedrockModel, tool } from "@strands-agents/sdk";

import {
  Calculator,
  expectAnswer,
  expectPerson,
  expectRefusal,
  expectStream,
  expectUsage,
  PERSON,
  PERSON_TEXT,
  QUESTION,
  run,
  STREAMED_TOOLS,
  SUM_QUESTION,
  TERMS,
  TOOLS_MODEL,
} from "./cases.mjs";

const agent = ({ stream = false, ...options } = {}) =>
  new Agent({ model: new BedrockModel({ modelId: TOOLS_MODEL, stream }), printer: false, ...options });

await run("@strands-agents/sdk", {
  async plain() {
    expectAnswer(String(await agent().invoke(QUESTION)).trim());
  },

  async stream() {
    const texts = [];
    for await (const event of agent({ stream: true }).stream(QUESTION)) {
      const delta = event.event?.delta ?? event.delta;
      if (delta?.type === "textDelta") texts.push(delta.text);
    }
    return expectStream(texts);
  },

  async usage() {
    const { metrics } = await agent().invoke(QUESTION);
    expectUsage(metrics.accumulatedUsage.inputTokens, metrics.accumulatedUsage.outputTokens);
  },

  async tools() {
    const calculator = new Calculator();
    const tools = [
      tool({ name: "add", description: "Add two integers.", inputSchema: TERMS, callback: calculator.add }),
      tool({
        name: "multiply",
        description: "Multiply two integers.",
        inputSchema: TERMS,
        callback: calculator.multiply,
      }),
    ];
    await expectRefusal(STREAMED_TOOLS, agent({ stream: true, tools }).invoke(SUM_QUESTION));
    calculator.expectCalls(String(await agent({ tools }).invoke(SUM_QUESTION)));
  },

  async structured() {
    const { structuredOutput } = await agent({ structuredOutputSchema: PERSON }).invoke(PERSON_TEXT);
    expectPerson(structuredOutput);
  },
});
