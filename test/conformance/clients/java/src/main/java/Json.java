import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonWriter;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Reads and writes JSON with the SDK's own reader and writer. */
final class Json {
  private Json() {}

  static JsonNode read(String text) {
    return JsonNode.parser().parse(text);
  }

  /** A string, number or boolean; null for anything else. */
  static Object plain(JsonNode node) {
    if (node.isString()) return node.asString();
    if (node.isNumber()) return new BigDecimal(node.asNumber());
    return node.isBoolean() ? node.asBoolean() : null;
  }

  /** Any JSON value, as the SDK's document type. */
  static Document document(JsonNode node) {
    if (node.isObject()) {
      var fields = new LinkedHashMap<String, Document>();
      node.asObject().forEach((key, value) -> fields.put(key, document(value)));
      return Document.fromMap(fields);
    }
    if (node.isArray()) return Document.fromList(node.asArray().stream().map(Json::document).toList());
    if (node.isString()) return Document.fromString(node.asString());
    if (node.isNumber()) return Document.fromNumber(node.asNumber());
    return node.isBoolean() ? Document.fromBoolean(node.asBoolean()) : Document.fromNull();
  }

  /** Maps, lists, strings and numbers. A key whose value is null is left out. */
  static String write(Object value) {
    try (var writer = JsonWriter.create()) {
      write(writer, value);
      return new String(writer.getBytes(), UTF_8);
    }
  }

  private static void write(JsonWriter writer, Object value) {
    if (value instanceof Map<?, ?> fields) {
      writer.writeStartObject();
      fields.forEach((key, field) -> {
        if (field != null) write(writer.writeFieldName((String) key), field);
      });
      writer.writeEndObject();
    } else if (value instanceof List<?> list) {
      writer.writeStartArray();
      list.forEach(element -> write(writer, element));
      writer.writeEndArray();
    } else if (value instanceof Number number) {
      writer.writeNumber(number.toString());
    } else if (value instanceof Boolean truth) {
      writer.writeValue(truth);
    } else {
      writer.writeValue((String) value);
    }
  }
}
