import java.util.Map;

/** The SDK's clients of one kind. */
interface Clients {
  /**
   * Runs a call to its end. The events of a stream go into the call as they come.
   *
   * @return its output, with AWS's names for the keys
   */
  Map<String, Object> run(Call call) throws Exception;
}
