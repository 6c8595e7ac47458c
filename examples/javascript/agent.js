// Let Llama 3.3 on Amazon Bedrock answer a question with two tools: it says which to call, this program calls them.

import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";

const functions = {
  days_between: ({ start, end }) => (Date.parse(end) - Date.parse(start)) / 86_400_000,
  // Llama may write a number as a string, and Bedrock passes it on.
  multiply: ({ a, b }) => Number(a) * Number(b),
};

function tool(name, description, type, ...parameters) {
  const properties = Object.fromEntries(parameters.map((parameter) => [parameter, { type }]));
  const json = { type: "object", properties, required: parameters };
  return { toolSpec: { name, description, inputSchema: { json } } };
}

const tools = [
  tool("days_between", "Count the days between two dates such as 2024-12-31", "string", "start", "end"),
  tool("multiply", "Multiply two whole numbers", "integer", "a", "b"),
];

const client = new BedrockRuntimeClient({ region: "us-east-1" });

const question = "How many hours are there from 2024-02-01 to 2024-03-01?";
const messages = [{ role: "user", content: [{ text: question }] }];
let answer = "No answer after 10 turns.";

for (let turn = 0; turn < 10; turn++) {
  const { output, stopReason } = await client.send(
    new ConverseCommand({
      modelId: "us.meta.llama3-3-70b-instruct-v1:0",
      messages,
      toolConfig: { tools },
      inferenceConfig: { temperature: 0 },
    }),
  );
  messages.push(output.message);
  if (stopReason !== "tool_use") {
    answer = output.message.content[0].text;
    break;
  }
  const results = output.message.content.map(({ toolUse: { toolUseId, name, input } }) => {
    const result = functions[name](input);
    console.log(`${name}(${JSON.stringify(input)}) = ${result}`);
    return { toolResult: { toolUseId, content: [{ text: String(result) }] } };
  });
  messages.push({ role: "user", content: results });
}

console.log(answer);
