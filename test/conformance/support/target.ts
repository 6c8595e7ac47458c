/** The target of the clients' requests: Cria, or AWS with `CONFORMANCE_TARGET=aws`. */
export type TargetName = "cria" | "aws";

export const targetName: TargetName = readTarget(process.env["CONFORMANCE_TARGET"]);

/** The model to call: one that Bedrock still serves. */
export const MODEL_ID = process.env["CONFORMANCE_MODEL_ID"] ?? "us.meta.llama3-1-8b-instruct-v1:0";

/** The variables that give an SDK credentials; one of them is enough. */
const CREDENTIAL_VARIABLES = [
  "AWS_ACCESS_KEY_ID",
  "AWS_PROFILE",
  "AWS_BEARER_TOKEN_BEDROCK",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
];

/** Why the target can't be called; undefined if it can. */
export function whyNoTarget(): string | undefined {
  if (targetName === "cria" || CREDENTIAL_VARIABLES.some((name) => process.env[name])) return undefined;
  return `CONFORMANCE_TARGET=aws needs credentials in the environment: one of ${CREDENTIAL_VARIABLES.join(", ")}`;
}

function readTarget(value: string | undefined): TargetName {
  if (value === undefined || value === "" || value === "cria") return "cria";
  if (value === "aws") return "aws";
  throw new Error(`CONFORMANCE_TARGET is cria or aws, not ${value}.`);
}
