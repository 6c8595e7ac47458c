# Let Llama 3.3 on Amazon Bedrock answer a question with two tools: it says which to call, this program calls them.

from datetime import date

import boto3


def days_between(start, end):
    return (date.fromisoformat(end) - date.fromisoformat(start)).days


def multiply(a, b):
    # Llama may write a number as a string, and Bedrock passes it on.
    return int(a) * int(b)


functions = {"days_between": days_between, "multiply": multiply}


def tool(name, description, type, *parameters):
    schema = {"type": "object", "properties": {p: {"type": type} for p in parameters}, "required": list(parameters)}
    return {"toolSpec": {"name": name, "description": description, "inputSchema": {"json": schema}}}


tools = [
    tool("days_between", "Count the days between two dates such as 2024-12-31", "string", "start", "end"),
    tool("multiply", "Multiply two whole numbers", "integer", "a", "b"),
]

client = boto3.client("bedrock-runtime", region_name="us-east-1")

question = "How many hours are there from 2024-02-01 to 2024-03-01?"
messages = [{"role": "user", "content": [{"text": question}]}]
answer = "No answer after 10 turns."

for turn in range(10):
    response = client.converse(
        modelId="us.meta.llama3-3-70b-instruct-v1:0",
        messages=messages,
        toolConfig={"tools": tools},
        inferenceConfig={"temperature": 0},
    )
    message = response["output"]["message"]
    messages.append(message)
    if response["stopReason"] != "tool_use":
        answer = message["content"][0]["text"]
        break
    results = []
    for block in message["content"]:
        call = block["toolUse"]
        result = functions[call["name"]](**call["input"])
        print(f"{call['name']}({call['input']}) = {result}")
        results.append({"toolResult": {"toolUseId": call["toolUseId"], "content": [{"text": str(result)}]}})
    messages.append({"role": "user", "content": results})

print(answer)
