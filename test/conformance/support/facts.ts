/** The behaviours of each SDK in the second table of `docs/protocol.md`, in the table's order. */
export const facts = {
  throttled: "attempts on a persistent 429",
  unavailable: "attempts on a persistent 503",
  exception: "`modelStreamErrorException` in mid-stream",
  repeated: "`throttlingException` in mid-stream",
  break: "leaving the stream early",
  cut: "a connection cut in mid-stream",
  apiKey: "an API key (`AWS_BEARER_TOKEN_BEDROCK`)",
  skew: "a clock ten minutes off",
} as const;

export type Fact = keyof typeof facts;
