import java.util.LinkedHashMap;
import java.util.Map;

import software.amazon.awssdk.services.bedrock.model.FoundationModelSummary;
import software.amazon.awssdk.services.bedrock.model.GetFoundationModelResponse;
import software.amazon.awssdk.services.bedrock.model.GetInferenceProfileResponse;
import software.amazon.awssdk.services.bedrock.model.InferenceProfileModel;
import software.amazon.awssdk.services.bedrock.model.InferenceProfileSummary;
import software.amazon.awssdk.services.bedrock.model.ListFoundationModelsResponse;
import software.amazon.awssdk.services.bedrock.model.ListInferenceProfilesResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.TokenUsage;

/** The content of the SDK's responses, with AWS's names for the keys. */
final class Outputs {
  private Outputs() {}

  static Map<String, Object> of(InvokeModelResponse response) {
    return object("body", response.body().asUtf8String(), "contentType", response.contentType());
  }

  static Map<String, Object> of(ConverseResponse response) {
    return object(
        "output", object("message", message(response.output().message())),
        "stopReason", response.stopReasonAsString(),
        "usage", usage(response.usage()),
        "metrics", object("latencyMs", response.metrics().latencyMs()));
  }

  static Map<String, Object> of(CountTokensResponse response) {
    return object("inputTokens", response.inputTokens());
  }

  static Map<String, Object> of(ListFoundationModelsResponse response) {
    return object("modelIds", response.modelSummaries().stream().map(FoundationModelSummary::modelId).toList());
  }

  static Map<String, Object> of(GetFoundationModelResponse response) {
    var model = response.modelDetails();
    return object("modelId", model.modelId(), "modelArn", model.modelArn(), "providerName", model.providerName());
  }

  static Map<String, Object> of(ListInferenceProfilesResponse response) {
    return object("inferenceProfileIds",
        response.inferenceProfileSummaries().stream().map(InferenceProfileSummary::inferenceProfileId).toList());
  }

  static Map<String, Object> of(GetInferenceProfileResponse response) {
    return object(
        "inferenceProfileId", response.inferenceProfileId(),
        "inferenceProfileArn", response.inferenceProfileArn(),
        "models", response.models().stream().map(InferenceProfileModel::modelArn).toList());
  }

  static Map<String, Object> usage(TokenUsage usage) {
    return object(
        "inputTokens", usage.inputTokens(),
        "outputTokens", usage.outputTokens(),
        "totalTokens", usage.totalTokens());
  }

  /** A map of alternating keys and values, in this order; unlike `Map.of` it allows null values. */
  static Map<String, Object> object(Object... keysAndValues) {
    var object = new LinkedHashMap<String, Object>();
    for (var i = 0; i < keysAndValues.length; i += 2) object.put((String) keysAndValues[i], keysAndValues[i + 1]);
    return object;
  }

  private static Map<String, Object> message(Message message) {
    var content = message.content().stream().map(block -> object("text", block.text())).toList();
    return object("role", message.roleAsString(), "content", content);
  }
}
