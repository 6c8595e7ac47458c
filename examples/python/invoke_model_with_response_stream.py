# Send a prompt to Llama 2 on Amazon Bedrock and print the answer as it is generated.

import json

import boto3

client = boto3.client("bedrock-runtime", region_name="us-east-1")

user_message = "Describe the purpose of a 'hello world' program in one line."

# Llama 2's own format: an instruction stands between [INST] and [/INST].
prompt = f"<s>[INST] {user_message} [/INST]"

response = client.invoke_model_with_response_stream(
    modelId="meta.llama2-13b-chat-v1",
    body=json.dumps({"prompt": prompt, "max_gen_len": 512, "temperature": 0.5}),
)

for event in response["body"]:
    chunk = json.loads(event["chunk"]["bytes"])
    print(chunk["generation"], end="", flush=True)
print()
