import { explainAwsError } from "./explain-aws-error.js";

/** One error as a person needs it: what happened and, where something can be done, what. */
export function explainError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = messageOf(error);
  if (SAYS_WHAT_TO_DO.has(error.name)) return message;
  const next = explainAwsError(error) ?? ADVICE_BY_NAME[error.name];
  return next === undefined ? message : `${message}\n${next}`;
}

/** Errors whose message holds others', and says itself what to do. */
const SAYS_WHAT_TO_DO: ReadonlySet<string> = new Set(["ModelUnavailableError"]);

const ADVICE_BY_NAME: Readonly<Record<string, string>> = {
  PortInUseError: "As in `cria serve --port 0`.",
  UnknownPromptFormatError: "With --raw, the text you give is the whole prompt.",
};

/** Errors of the network carry their message deeper, and an AggregateError has none at all. */
function messageOf(error: Error): string {
  const own =
    error instanceof AggregateError && error.message === "" ? String(error.errors[0]) : error.message;
  if (own.trim() === "") return error.name;
  // Bedrock's refusals are known by their names
  return "$fault" in error ? `${error.name}: ${own}` : own;
}
