import software.amazon.awssdk.services.bedrock.model.GetFoundationModelRequest;
import software.amazon.awssdk.services.bedrock.model.GetInferenceProfileRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensInput;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;

/** The SDK's requests, shared by its async and sync clients. */
final class Requests {
  private Requests() {}

  static InvokeModelRequest invokeModel(Input input) {
    return InvokeModelRequest.builder()
        .modelId(input.text("modelId"))
        .body(input.bytes("body"))
        .contentType(input.text("contentType"))
        .accept(input.text("accept"))
        .build();
  }

  static InvokeModelWithResponseStreamRequest invokeModelWithResponseStream(Input input) {
    return InvokeModelWithResponseStreamRequest.builder()
        .modelId(input.text("modelId"))
        .body(input.bytes("body"))
        .contentType(input.text("contentType"))
        .accept(input.text("accept"))
        .build();
  }

  static ConverseRequest converse(Input input) {
    return ConverseRequest.builder()
        .modelId(input.text("modelId"))
        .messages(input.messages())
        .system(input.system())
        .inferenceConfig(input.inferenceConfig())
        .additionalModelRequestFields(input.document("additionalModelRequestFields"))
        .build();
  }

  static ConverseStreamRequest converseStream(Input input) {
    return ConverseStreamRequest.builder()
        .modelId(input.text("modelId"))
        .messages(input.messages())
        .system(input.system())
        .inferenceConfig(input.inferenceConfig())
        .additionalModelRequestFields(input.document("additionalModelRequestFields"))
        .build();
  }

  static CountTokensRequest countTokens(Input input) {
    var counted = input.object("converse")
        .map(converse -> CountTokensInput.fromConverse(
            tokens -> tokens.messages(converse.messages()).system(converse.system())))
        .orElseGet(() -> CountTokensInput.fromInvokeModel(tokens -> tokens.body(input.bytes("invokeModelBody"))));
    return CountTokensRequest.builder().modelId(input.text("modelId")).input(counted).build();
  }

  static GetFoundationModelRequest getFoundationModel(Input input) {
    return GetFoundationModelRequest.builder().modelIdentifier(input.text("modelIdentifier")).build();
  }

  static GetInferenceProfileRequest getInferenceProfile(Input input) {
    return GetInferenceProfileRequest.builder()
        .inferenceProfileIdentifier(input.text("inferenceProfileIdentifier"))
        .build();
  }
}
