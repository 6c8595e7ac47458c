import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** The SDK's report of a failed call. */
final class Failure {
  private Failure() {}

  /** The SDK's own exception, unwrapped from that of the future. */
  static Throwable cause(Throwable failure) {
    var wraps = failure instanceof ExecutionException || failure instanceof CompletionException;
    return wraps && failure.getCause() != null ? cause(failure.getCause()) : failure;
  }

  static Map<String, Object> describe(Throwable failure) {
    if (failure instanceof AwsServiceException exception && exception.awsErrorDetails() != null) {
      var details = exception.awsErrorDetails();
      var status = exception.statusCode();
      return Outputs.object(
          "name", name(exception, details.errorCode()),
          "status", status == 0 ? null : status,
          "message", details.errorMessage() == null ? exception.getMessage() : details.errorMessage());
    }
    return Outputs.object("name", failure.getClass().getSimpleName(), "message", failure.getMessage());
  }

  /** The number of retries, which only the SDK's own exceptions report. */
  static Integer retries(Throwable failure) {
    var attempts = failure instanceof SdkException exception ? exception.numAttempts() : null;
    return attempts == null ? null : attempts - 1;
  }

  /** Exceptions received as frames have their code in camelCase. */
  private static String name(AwsServiceException exception, String code) {
    if (code == null || code.isEmpty()) return exception.getClass().getSimpleName();
    return Character.toUpperCase(code.charAt(0)) + code.substring(1);
  }
}
