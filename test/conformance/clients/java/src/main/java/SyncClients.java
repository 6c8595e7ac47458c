import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import software.amazon.awssdk.services.bedrock.BedrockClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** The sync clients, which have every operation except the streaming ones. */
final class SyncClients implements Clients {
  private final BedrockRuntimeClient runtime = BedrockRuntimeClient.create();
  private final BedrockClient control = BedrockClient.create();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(SyncClients::daemon);

  /** A call is cancelled by interrupting the thread that waits for it. */
  @Override
  public Map<String, Object> run(Call call) {
    if (call.abortAfterMs().isEmpty()) return answer(call);
    var caller = Thread.currentThread();
    var abort = timer.schedule(caller::interrupt, call.abortAfterMs().get(), TimeUnit.MILLISECONDS);
    try {
      return answer(call);
    } finally {
      abort.cancel(false);
      Thread.interrupted();
    }
  }

  private Map<String, Object> answer(Call call) {
    var input = call.input();
    return switch (call.operation()) {
      case "InvokeModel" -> Outputs.of(runtime.invokeModel(Requests.invokeModel(input)));
      case "Converse" -> Outputs.of(runtime.converse(Requests.converse(input)));
      case "CountTokens" -> Outputs.of(runtime.countTokens(Requests.countTokens(input)));
      case "ListFoundationModels" -> Outputs.of(control.listFoundationModels(all -> {}));
      case "GetFoundationModel" -> Outputs.of(control.getFoundationModel(Requests.getFoundationModel(input)));
      case "ListInferenceProfiles" -> Outputs.of(control.listInferenceProfiles(all -> {}));
      case "GetInferenceProfile" -> Outputs.of(control.getInferenceProfile(Requests.getInferenceProfile(input)));
      default -> throw new UnsupportedOperationException(call.operation());
    };
  }

  private static Thread daemon(Runnable run) {
    var thread = new Thread(run);
    thread.setDaemon(true);
    return thread;
  }
}
