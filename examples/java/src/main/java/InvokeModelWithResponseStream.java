// Send a prompt to Llama 2 on Amazon Bedrock and print the answer as it is generated.

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonWriter;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;

public class InvokeModelWithResponseStream {
  public static void main(String[] args) {
    var userMessage = "Describe the purpose of a 'hello world' program in one line.";

    // Llama 2's own format: an instruction stands between [INST] and [/INST].
    var prompt = "<s>[INST] " + userMessage + " [/INST]";

    var body = JsonWriter.create()
        .writeStartObject()
        .writeFieldName("prompt").writeValue(prompt)
        .writeFieldName("max_gen_len").writeValue(512)
        .writeFieldName("temperature").writeValue(0.5)
        .writeEndObject()
        .getBytes();

    var handler = InvokeModelWithResponseStreamResponseHandler.builder()
        .subscriber(InvokeModelWithResponseStreamResponseHandler.Visitor.builder()
            .onChunk(part -> {
              var chunk = JsonNode.parser().parse(part.bytes().asUtf8String());
              System.out.print(chunk.field("generation").get().text());
            })
            .build())
        .build();

    try (var client = BedrockRuntimeAsyncClient.builder().region(Region.US_EAST_1).build()) {
      client.invokeModelWithResponseStream(
          request -> request
              .modelId("meta.llama2-13b-chat-v1")
              .contentType("application/json")
              .body(SdkBytes.fromByteArray(body)),
          handler).join();
      System.out.println();
    }
  }
}
