/** How to recognise an error of Bedrock, the AWS SDK or the network, and what to do about it. */
interface KnownError {
  readonly name?: RegExp;
  readonly message?: RegExp;
  readonly advice: string;
}

/** An inference profile to recommend: a current model that many regions have. */
const CURRENT_MODEL = "us.meta.llama3-3-70b-instruct-v1:0";

/**
 * The first match counts. The messages are quoted from users' public bug reports and may have changed since, so a pattern
 * covers only the part that names the cause.
 */
const KNOWN_ERRORS: readonly KnownError[] = [
  {
    name: /^CredentialsProviderError$/u,
    advice:
      "No AWS credentials were found. Sign in with `aws sso login` or `aws configure`, or set AWS_BEARER_TOKEN_BEDROCK\n" +
      "or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. To ask a model on this machine instead, leave out --on aws.",
  },
  {
    message: /region is missing/iu,
    advice: "No AWS region is set. Add --region us-east-1 (or your own region), or set AWS_REGION.",
  },
  {
    message: /end of its life/u,
    advice: `Amazon has retired this model. Use a newer one, such as --model ${CURRENT_MODEL}, or leave out --on aws: Cria still serves this model id.`,
  },
  {
    message: /on-demand throughput/u,
    advice:
      "This model needs an inference profile: put the prefix of your region (us., eu. or apac.) before its id,\n" +
      "as in --model us.meta.llama3-1-8b-instruct-v1:0.",
  },
  {
    message: /model identifier is invalid/u,
    advice:
      "There is no such model id. Ids look like meta.llama2-13b-chat-v1; on AWS, newer models need a region's prefix,\n" +
      `as in ${CURRENT_MODEL}.`,
  },
  {
    name: /^AccessDeniedException$/u,
    message: /access to the model/u,
    advice:
      "Your account has no access to this model. Request it in the Bedrock console, under Model access, in this region.",
  },
  {
    name: /^AccessDeniedException$/u,
    message: /not authorized to perform/u,
    advice:
      "Your credentials lack a permission. Allow bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream in IAM.",
  },
  {
    message: /API Key is valid/u,
    advice:
      "The API key in AWS_BEARER_TOKEN_BEDROCK isn't valid. Create a new one in the Bedrock console, or unset the variable.",
  },
  {
    name: /^ExpiredTokenException$/u,
    advice: "Your session has expired. Sign in again, for example with `aws sso login`.",
  },
  {
    name: /^(UnrecognizedClientException|InvalidSignatureException|IncompleteSignatureException)$/u,
    advice:
      "AWS doesn't accept these credentials. Check the access key, its secret, the session token, and this machine's clock.",
  },
  {
    name: /^ThrottlingException$/u,
    advice:
      "Too many requests. Wait a little and try again. On AWS, the Service Quotas console shows your quotas.",
  },
  {
    name: /^(ModelNotReadyException|ServiceUnavailableException)$/u,
    advice: "Try again in a moment.",
  },
  {
    message: /ECONNREFUSED/u,
    advice:
      "No server is listening there. Start one with `cria serve`, or leave out --on to run the model in this process.",
  },
  {
    message: /ENOTFOUND|EAI_AGAIN/u,
    advice: "The host name can't be resolved. Check its spelling and this machine's network connection.",
  },
];

/** What to do about an error of Bedrock, the AWS SDK or the network; undefined if the error isn't known. */
export function explainAwsError(error: Error): string | undefined {
  const message =
    error instanceof AggregateError ? `${error.message} ${error.errors.join(" ")}` : error.message;
  return KNOWN_ERRORS.find(
    (known) => (known.name?.test(error.name) ?? true) && (known.message?.test(message) ?? true),
  )?.advice;
}
