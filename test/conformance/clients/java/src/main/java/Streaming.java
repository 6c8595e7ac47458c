import java.util.Map;
import java.util.function.Function;

import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Adds a stream's events to a call, and cancels its subscription when the call has enough. The SDK makes a new one for each
 * attempt. The events of earlier attempts stay in the call, as in a program.
 */
final class Streaming<E> implements Subscriber<E> {
  private final Call call;
  private final Function<E, Map<String, Object>> read;
  private Subscription subscription;

  Streaming(Call call, Function<E, Map<String, Object>> read) {
    this.call = call;
    this.read = read;
  }

  @Override
  public void onSubscribe(Subscription begun) {
    subscription = begun;
    subscription.request(1);
  }

  @Override
  public void onNext(E event) {
    call.events().add(read.apply(event));
    if (call.stopAfter().filter(enough -> call.events().size() >= enough).isEmpty()) {
      subscription.request(1);
    } else {
      subscription.cancel();
    }
  }

  /** The call's future reports the failure too. */
  @Override
  public void onError(Throwable failure) {}

  @Override
  public void onComplete() {}
}
