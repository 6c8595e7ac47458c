import { encodeExceptionFrame, type ExceptionType } from "../../bedrock/index.js";
import type { ApiRequest } from "../api-request.js";
import { isUnanswerable, recordException, toStreamException } from "../exception-mapping.js";

/**
 * The exception frame that ends a stream which fails: status 200 is out, so it is the one way to tell every SDK (measured).
 *
 * @param modelled - the exceptions that the operation's stream may carry
 * @throws `error` itself where nobody is to be told.
 */
export function lastFrame(
  error: unknown,
  { record }: ApiRequest,
  modelled: ReadonlySet<ExceptionType>,
): Uint8Array {
  if (isUnanswerable(error)) throw error;
  const exception = toStreamException(error, modelled);
  recordException(record, exception);
  return encodeExceptionFrame(exception);
}
