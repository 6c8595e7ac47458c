// LangChain's ChatBedrockConverse, and an agent made with createAgent.
import { ChatBedrockConverse } from "@langchain/aws";
import { createAgent, tool } from "langchain";

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

const model = new ChatBedrockConverse({ model: TOOLS_MODEL });

await run("@langchain/aws", {
  async plain() {
    expectAnswer((await model.invoke(QUESTION)).text);
  },

  async stream() {
    const chunks = await model.stream(QUESTION);
    return expectStream(
      (async function* () {
        for await (const chunk of chunks) yield chunk.text;
      })(),
    );
  },

  async usage() {
    const { usage_metadata } = await model.invoke(QUESTION);
    expectUsage(usage_metadata.input_tokens, usage_metadata.output_tokens);
  },

  async tools() {
    const calculator = new Calculator();
    const tools = [
      tool(calculator.add, { name: "add", description: "Add two integers.", schema: TERMS }),
      tool(calculator.multiply, { name: "multiply", description: "Multiply two integers.", schema: TERMS }),
    ];
    const agent = createAgent({ model, tools });
    const { messages } = await agent.invoke({ messages: [{ role: "user", content: SUM_QUESTION }] });
    calculator.expectCalls(messages.at(-1).text);
  },

  async structured() {
    expectPerson(await model.withStructuredOutput(PERSON, { name: "person" }).invoke(PERSON_TEXT));
  },
});
