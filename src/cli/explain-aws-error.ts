/** What an error of Bedrock's, or of the SDK on the way to it, looks like. */
interface Symptom {
  readonly name?: RegExp;
  readonly message?: RegExp;
  readonly advice: string;
}

/** A model on Bedrock that people can be sent to: small, current, in many regions. */
const CURRENT_MODEL = "us.meta.llama3-3-70b-instruct-v1:0";

/**
 * What to do about it; the first that fits holds. Messages as users quote them in public threads, so they are matched by
 * the part that names the cause.
 */
const SYMPTOMS: readonly Symptom[] = [
  {
    name: /^CredentialsProviderError$/u,
    advice:
      "No AWS credentials were found. Sign in with `aws sso login` or `aws configure`, or set AWS_BEARER_TOKEN_BEDROCK\n" +
      "or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Without --on aws, a model on this machine answers.",
  },
  {
    message: /region is missing/iu,
    advice: "No AWS region is set. Add --region us-east-1 (or yours), or set AWS_REGION.",
  },
  {
    message: /end of its life/u,
    advice: `Amazon has retired this model. Take a newer one, as in --model ${CURRENT_MODEL}, or leave out --on aws: Cria still serves this id.`,
  },
  {
    message: /on-demand throughput/u,
    advice:
      "This model is reached through an inference profile: put your region's prefix in front of its id,\n" +
      "as in --model us.meta.llama3-1-8b-instruct-v1:0 (us., eu. or apac.).",
  },
  {
    message: /model identifier is invalid/u,
    advice:
      "There is no such model id here. Ids look like meta.llama2-13b-chat-v1; on AWS, newer ones need a region's prefix,\n" +
      `as in ${CURRENT_MODEL}.`,
  },
  {
    name: /^AccessDeniedException$/u,
    message: /access to the model/u,
    advice:
      "Your account has no access to this model: ask for it in the Bedrock console, under Model access, in this region.",
  },
  {
    name: /^AccessDeniedException$/u,
    message: /not authorized to perform/u,
    advice:
      "Your credentials lack a permission: allow bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream in IAM.",
  },
  {
    message: /API Key is valid/u,
    advice:
      "AWS_BEARER_TOKEN_BEDROCK holds a key that isn't valid: make a new one in the Bedrock console, or unset it.",
  },
  {
    name: /^ExpiredTokenException$/u,
    advice: "Your session has ended: sign in again, as with `aws sso login`.",
  },
  {
    name: /^(UnrecognizedClientException|InvalidSignatureException|IncompleteSignatureException)$/u,
    advice:
      "AWS doesn't accept these credentials: check the key, its secret, the session token, and this machine's clock.",
  },
  {
    name: /^ThrottlingException$/u,
    advice:
      "Too many requests at once. Wait a little and try again; on AWS, quotas are in the Service Quotas console.",
  },
  {
    name: /^(ModelNotReadyException|ServiceUnavailableException)$/u,
    advice: "Try again in a moment.",
  },
  {
    message: /ECONNREFUSED/u,
    advice:
      "Nothing listens there. Start a server with `cria serve`, or leave out --on for the model in this process.",
  },
  {
    message: /ENOTFOUND|EAI_AGAIN/u,
    advice: "That host can't be found: check its name, and that this machine has a network.",
  },
];

/** What to do about an error of Bedrock's or the SDK's; undefined if nothing is known. */
export function explainAwsError(error: Error): string | undefined {
  const message =
    error instanceof AggregateError ? `${error.message} ${error.errors.join(" ")}` : error.message;
  return SYMPTOMS.find(
    (symptom) => (symptom.name?.test(error.name) ?? true) && (symptom.message?.test(message) ?? true),
  )?.advice;
}
