import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.bedrock.BedrockAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;

/** The async clients, the only ones that have the streaming operations. */
record AsyncClients(BedrockRuntimeAsyncClient runtime, BedrockAsyncClient control) implements Clients {
  /** In their default configuration: HTTP/2, with prior knowledge if there is no TLS. */
  static AsyncClients byDefault() {
    return new AsyncClients(BedrockRuntimeAsyncClient.create(), BedrockAsyncClient.create());
  }

  static AsyncClients overHttp1() {
    var http = NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1).build();
    return new AsyncClients(
        BedrockRuntimeAsyncClient.builder().httpClient(http).build(),
        BedrockAsyncClient.builder().httpClient(http).build());
  }

  @Override
  public Map<String, Object> run(Call call) throws Exception {
    var input = call.input();
    return switch (call.operation()) {
      case "InvokeModel" -> Outputs.of(end(call, runtime.invokeModel(Requests.invokeModel(input))));
      case "InvokeModelWithResponseStream" -> invokeModelWithResponseStream(call);
      case "Converse" -> Outputs.of(end(call, runtime.converse(Requests.converse(input))));
      case "ConverseStream" -> converseStream(call);
      case "CountTokens" -> Outputs.of(end(call, runtime.countTokens(Requests.countTokens(input))));
      case "ListFoundationModels" -> Outputs.of(end(call, control.listFoundationModels(all -> {})));
      case "GetFoundationModel" ->
          Outputs.of(end(call, control.getFoundationModel(Requests.getFoundationModel(input))));
      case "ListInferenceProfiles" -> Outputs.of(end(call, control.listInferenceProfiles(all -> {})));
      case "GetInferenceProfile" ->
          Outputs.of(end(call, control.getInferenceProfile(Requests.getInferenceProfile(input))));
      default -> throw new UnsupportedOperationException(call.operation());
    };
  }

  private Map<String, Object> invokeModelWithResponseStream(Call call) throws Exception {
    var contentType = new AtomicReference<String>();
    var handler = InvokeModelWithResponseStreamResponseHandler.builder()
        .onResponse(response -> contentType.set(response.contentType()))
        .subscriber(() -> new Streaming<>(call, Events::of))
        .build();
    end(call, runtime.invokeModelWithResponseStream(Requests.invokeModelWithResponseStream(call.input()), handler));
    return Outputs.object("contentType", contentType.get());
  }

  private Map<String, Object> converseStream(Call call) throws Exception {
    var handler = ConverseStreamResponseHandler.builder()
        .subscriber(() -> new Streaming<>(call, Events::of))
        .build();
    end(call, runtime.converseStream(Requests.converseStream(call.input()), handler));
    return Map.of();
  }

  /** Waits for the end of a call; cancels its future if it takes longer than the program waits. */
  private static <T> T end(Call call, CompletableFuture<T> future) throws Exception {
    if (call.abortAfterMs().isEmpty()) return future.get();
    try {
      return future.get(call.abortAfterMs().get(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      future.cancel(true);
      throw new CancellationException("The program cancelled the call.");
    }
  }
}
