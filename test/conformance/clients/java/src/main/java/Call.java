import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/** A call read from one line of stdin. */
final class Call {
  private final JsonNode request;
  /** Written by a thread of the SDK, which may still write while a cancelled call is read. */
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

  /** The number of events after which the program leaves the stream. */
  Optional<Integer> stopAfter() {
    return request.field("stopAfter").map(number -> Integer.valueOf(number.text()));
  }

  /** The time in ms after which the program cancels the call. */
  Optional<Long> abortAfterMs() {
    return request.field("abortAfterMs").map(number -> Long.valueOf(number.text()));
  }

  /** The events received. */
  List<Object> events() {
    return events;
  }
}
