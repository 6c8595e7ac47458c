/** What the SDK says of a call that failed. */
export function describe(error) {
  const { httpStatusCode, attempts } = error.$metadata ?? {};
  return {
    // a transport's failure has a code where its class says nothing
    error: {
      name: error.name === "Error" ? (error.code ?? "Error") : error.name,
      status: httpStatusCode,
      message: error.message,
    },
    retries: attempts === undefined ? undefined : attempts - 1,
  };
}
