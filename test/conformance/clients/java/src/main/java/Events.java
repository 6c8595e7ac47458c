import java.util.Map;

import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDeltaEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockStartEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockStopEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamMetadataEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.MessageStartEvent;
import software.amazon.awssdk.services.bedrockruntime.model.MessageStopEvent;
import software.amazon.awssdk.services.bedrockruntime.model.PayloadPart;
import software.amazon.awssdk.services.bedrockruntime.model.ResponseStream;

/** One event of a stream at a time, read by the visitor of its operation. */
final class Events {
  private Events() {}

  static Map<String, Object> of(ResponseStream event) {
    var seen = new InvokeVisitor();
    event.accept(seen);
    return seen.event;
  }

  static Map<String, Object> of(ConverseStreamOutput event) {
    var seen = new ConverseVisitor();
    event.accept(seen);
    return seen.event;
  }

  private static final class InvokeVisitor implements InvokeModelWithResponseStreamResponseHandler.Visitor {
    Map<String, Object> event;

    @Override
    public void visitChunk(PayloadPart part) {
      event = Outputs.object("chunk", part.bytes().asUtf8String());
    }

    @Override
    public void visitDefault(ResponseStream unknown) {
      event = Outputs.object("unknown", unknown.toString());
    }
  }

  private static final class ConverseVisitor implements ConverseStreamResponseHandler.Visitor {
    Map<String, Object> event;

    @Override
    public void visitMessageStart(MessageStartEvent start) {
      event = Outputs.object("messageStart", Outputs.object("role", start.roleAsString()));
    }

    @Override
    public void visitContentBlockStart(ContentBlockStartEvent start) {
      event = Outputs.object("contentBlockStart", Outputs.object("contentBlockIndex", start.contentBlockIndex()));
    }

    @Override
    public void visitContentBlockDelta(ContentBlockDeltaEvent delta) {
      event = Outputs.object("contentBlockDelta", Outputs.object(
          "contentBlockIndex", delta.contentBlockIndex(), "delta", Outputs.object("text", delta.delta().text())));
    }

    @Override
    public void visitContentBlockStop(ContentBlockStopEvent stop) {
      event = Outputs.object("contentBlockStop", Outputs.object("contentBlockIndex", stop.contentBlockIndex()));
    }

    @Override
    public void visitMessageStop(MessageStopEvent stop) {
      event = Outputs.object("messageStop", Outputs.object("stopReason", stop.stopReasonAsString()));
    }

    @Override
    public void visitMetadata(ConverseStreamMetadataEvent metadata) {
      event = Outputs.object("metadata", Outputs.object(
          "usage", Outputs.usage(metadata.usage()),
          "metrics", Outputs.object("latencyMs", metadata.metrics().latencyMs())));
    }

    @Override
    public void visitDefault(ConverseStreamOutput unknown) {
      event = Outputs.object("unknown", unknown.toString());
    }
  }
}
