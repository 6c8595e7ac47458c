// Send a prompt to Llama 2 on Amazon Bedrock and print the answer as it is generated.

using System;
using System.IO;
using System.Text.Json;
using Amazon;
using Amazon.BedrockRuntime;
using Amazon.BedrockRuntime.Model;

var client = new AmazonBedrockRuntimeClient(RegionEndpoint.USEast1);

var userMessage = "Describe the purpose of a 'hello world' program in one line.";

// Llama 2's own format: an instruction stands between [INST] and [/INST].
var prompt = $"<s>[INST] {userMessage} [/INST]";

var response = await client.InvokeModelWithResponseStreamAsync(new InvokeModelWithResponseStreamRequest
{
    ModelId = "meta.llama2-13b-chat-v1",
    ContentType = "application/json",
    Body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(new { prompt, max_gen_len = 512, temperature = 0.5 })),
});

foreach (PayloadPart part in response.Body)
{
    using var chunk = JsonDocument.Parse(part.Bytes);
    Console.Write(chunk.RootElement.GetProperty("generation").GetString());
}
Console.WriteLine();
