import { encodeExceptionFrame, type ExceptionType } from "../../bedrock/index.js";
import type { ApiRequest } from "../api-request.js";
import { isUnanswerable, recordException, toStreamException } from "../exception-mapping.js";

/**
 * The frames of a stream that, if it fails, ends with an exception frame: status 200 is out, so it is the one way to tell
 * every SDK (measured).
 *
 * @param modelled - the exceptions that the operation's stream may carry
 * @throws only where nobody is to be told.
 */
export async function* endWithException(
  frames: AsyncGenerator<Uint8Array, void, undefined>,
  { record }: ApiRequest,
  modelled: ReadonlySet<ExceptionType>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* frames;
  } catch (error) {
    if (isUnanswerable(error)) throw error;
    const exception = toStreamException(error, modelled);
    recordException(record, exception);
    yield encodeExceptionFrame(exception);
  }
}
