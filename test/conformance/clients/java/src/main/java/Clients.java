import java.util.Map;

/** The SDK's clients of one kind. */
interface Clients {
  /**
   * Runs a call to its end. The events of a stream are added to the call as they arrive.
   *
   * @return its output, with AWS's names for the keys
   */
  Map<String, Object> run(Call call) throws Exception;
}
