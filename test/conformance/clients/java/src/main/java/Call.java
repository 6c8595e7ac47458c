import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/** A call to make, from one line of stdin. */
final class Call {
  private final JsonNode request;
  /** Written by a thread of the SDK, and read while it may still write if the call is cancelled. */
  private final List<Object> events = new CopyOnWriteArrayList<>();

  Call(JsonNode request) {
    this.request = request;
  }

  Object id() {
    return request.field("id").map(Json::plain).orElse(null);
  }

  String operation() {
    return request.field("operation").orElseThrow().text();
  }

  boolean isStream() {
    return operation().endsWith("Stream");
  }

  Input input() {
    return new Input(request.field("input").orElseGet(JsonNode::emptyObjectNode));
  }

  /** After how many events the program has enough. */
  Optional<Integer> stopAfter() {
    return request.field("stopAfter").map(number -> Integer.valueOf(number.text()));
  }

  /** After how many milliseconds the program no longer wants an answer. */
  Optional<Long> abortAfterMs() {
    return request.field("abortAfterMs").map(number -> Long.valueOf(number.text()));
  }

  /** What has come of a stream. */
  List<Object> events() {
    return events;
  }
}
