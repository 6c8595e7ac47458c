import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.InferenceConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;

/** The input of a call, in the SDK's types. Missing members are null, which the SDK treats as left out. */
record Input(JsonNode json) {
  String text(String key) {
    return get(key, JsonNode::text);
  }

  SdkBytes bytes(String key) {
    return get(key, value -> SdkBytes.fromUtf8String(value.text()));
  }

  Optional<Input> object(String key) {
    return json.field(key).map(Input::new);
  }

  List<Message> messages() {
    return get("messages", list -> list.asArray().stream().map(Input::message).toList());
  }

  List<SystemContentBlock> system() {
    return get("system", list -> list.asArray().stream().map(Input::textOf).map(SystemContentBlock::fromText).toList());
  }

  InferenceConfiguration inferenceConfig() {
    return object("inferenceConfig").map(config -> InferenceConfiguration.builder()
        .maxTokens(config.get("maxTokens", number -> Integer.valueOf(number.text())))
        .temperature(config.get("temperature", number -> Float.valueOf(number.text())))
        .topP(config.get("topP", number -> Float.valueOf(number.text())))
        .stopSequences(config.texts("stopSequences"))
        .build()).orElse(null);
  }

  Document document(String key) {
    return get(key, Json::document);
  }

  private List<String> texts(String key) {
    return get(key, list -> list.asArray().stream().map(JsonNode::text).toList());
  }

  private static Message message(JsonNode message) {
    return Message.builder()
        .role(message.field("role").orElseThrow().text())
        .content(message.field("content").orElseThrow().asArray().stream()
            .map(Input::textOf).map(ContentBlock::fromText).toList())
        .build();
  }

  private static String textOf(JsonNode block) {
    return block.field("text").orElseThrow().text();
  }

  private <T> T get(String key, Function<JsonNode, T> read) {
    return json.field(key).map(read).orElse(null);
  }
}
