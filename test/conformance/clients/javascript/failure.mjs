/** The SDK's report of a failed call. */
export function describe(error) {
  const { httpStatusCode, attempts } = error.$metadata ?? {};
  return {
    // a transport error has a code, since its class says nothing
    error: {
      name: error.name === "Error" ? (error.code ?? "Error") : error.name,
      status: httpStatusCode,
      message: error.message,
    },
    retries: attempts === undefined ? undefined : attempts - 1,
  };
}
