// Let Llama 3.3 on Amazon Bedrock answer a question with two tools: it says which to call, this program calls them.

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;
import software.amazon.awssdk.services.bedrockruntime.model.Tool;
import software.amazon.awssdk.services.bedrockruntime.model.ToolResultContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ToolUseBlock;

public class Agent {
  static long run(ToolUseBlock call) {
    var input = call.input().asMap();
    return switch (call.name()) {
      case "days_between" -> ChronoUnit.DAYS.between(date(input.get("start")), date(input.get("end")));
      case "multiply" -> number(input.get("a")) * number(input.get("b"));
      default -> throw new IllegalArgumentException(call.name());
    };
  }

  static LocalDate date(Document value) {
    return LocalDate.parse(value.asString());
  }

  static long number(Document value) {
    // Llama may write a number as a string, and Bedrock passes it on.
    return value.isString() ? Long.parseLong(value.asString()) : value.asNumber().longValue();
  }

  static Tool tool(String name, String description, String type, String... parameters) {
    var properties = Document.mapBuilder();
    var required = Document.listBuilder();
    for (var parameter : parameters) {
      properties.putDocument(parameter, Document.fromMap(Map.of("type", Document.fromString(type))));
      required.addString(parameter);
    }
    var schema = Document.mapBuilder()
        .putString("type", "object")
        .putDocument("properties", properties.build())
        .putDocument("required", required.build())
        .build();
    return Tool.fromToolSpec(spec -> spec
        .name(name)
        .description(description)
        .inputSchema(input -> input.json(schema)));
  }

  static Message message(ConversationRole role, List<ContentBlock> content) {
    return Message.builder().role(role).content(content).build();
  }

  public static void main(String[] args) {
    var tools = List.of(
        tool("days_between", "Count the days between two dates such as 2024-12-31", "string", "start", "end"),
        tool("multiply", "Multiply two whole numbers", "integer", "a", "b"));

    var question = "How many hours are there from 2024-02-01 to 2024-03-01?";
    var messages = new ArrayList<>(List.of(message(ConversationRole.USER, List.of(ContentBlock.fromText(question)))));

    var answer = "No answer after 10 turns.";

    try (var client = BedrockRuntimeClient.builder().region(Region.US_EAST_1).build()) {
      for (var turn = 0; turn < 10; turn++) {
        var response = client.converse(request -> request
            .modelId("us.meta.llama3-3-70b-instruct-v1:0")
            .messages(messages)
            .toolConfig(config -> config.tools(tools))
            .inferenceConfig(config -> config.temperature(0f)));
        var message = response.output().message();
        messages.add(message);
        if (response.stopReason() != StopReason.TOOL_USE) {
          answer = message.content().get(0).text();
          break;
        }
        var results = new ArrayList<ContentBlock>();
        for (var block : message.content()) {
          var call = block.toolUse();
          var result = String.valueOf(run(call));
          System.out.println(call.name() + "(" + call.input() + ") = " + result);
          results.add(ContentBlock.fromToolResult(toolResult -> toolResult
              .toolUseId(call.toolUseId())
              .content(ToolResultContentBlock.fromText(result))));
        }
        messages.add(message(ConversationRole.USER, results));
      }
    }
    System.out.println(answer);
  }
}
