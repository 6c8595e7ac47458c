/** What becomes of a variable, or of a key of AWS' shared files, in the environment of a program that calls Cria. */
export type Treatment =
  /** Set to the server's URL. */
  | "endpoint"
  /** Set to another value; `environment.ts` says which. */
  | "set"
  /** Removed: it leads to another endpoint, or makes SDKs refuse Cria's. */
  | "cleared"
  /** Removed, unless the program keeps its credentials: it leads to credentials that aren't in the environment, which Cria never takes. */
  | "source"
  /** Removed, unless the program keeps its credentials or they may be a key of Cria's: it holds credentials. */
  | "credential"
  /** Not touched. */
  | "left";

/** A setting that SDKs or frameworks read to find out where, or as whom, they call Bedrock. */
export interface Surrounding {
  readonly name: string;
  /** Who reads it, as their references or sources say. */
  readonly readBy: string;
  readonly does: Treatment;
  /** The value for a program that keeps its credentials, where that isn't the one of other programs: it outranks the shared files. */
  readonly kept?: string;
  readonly why: string;
}

const SDKS = "AWS SDKs and CLI";

/**
 * The environment variables, from the SDKs' sources (JavaScript 3, botocore 1.44 with the AWS CLI 1, Java 2.50, Go 2, Rust 1, .NET 3.7 and 4),
 * Amazon's reference guide of SDKs and tools, and the sources of frameworks. What only tunes retries, compression, checksums, S3 or logs isn't
 * among them.
 */
export const variables: readonly Surrounding[] = [
  // where
  { name: "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", readBy: SDKS, does: "endpoint", why: "Bedrock's inference" },
  { name: "AWS_ENDPOINT_URL_BEDROCK", readBy: SDKS, does: "endpoint", why: "lists of models and profiles" },
  {
    name: "AWS_ENDPOINT_URL_BEDROCK_AGENT",
    readBy: SDKS,
    does: "endpoint",
    why: "Cria has no agents: refused here, not sent to Amazon",
  },
  {
    name: "AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME",
    readBy: SDKS,
    does: "endpoint",
    why: "knowledge bases, agents, reranking: refused here, not sent to Amazon",
  },
  {
    name: "AWS_ENDPOINT_URL_BEDROCK_MANTLE",
    readBy: "chatlas",
    does: "endpoint",
    why: "Bedrock's other API: refused here, not sent to Amazon",
  },
  { name: "AWS_BEDROCK_RUNTIME_ENDPOINT", readBy: "LiteLLM", does: "endpoint", why: "it reads no other" },
  {
    name: "ANTHROPIC_BEDROCK_BASE_URL",
    readBy: "Anthropic's SDKs",
    does: "endpoint",
    why: "they read no other",
  },
  {
    name: "ANTHROPIC_BEDROCK_MANTLE_BASE_URL",
    readBy: "Anthropic's SDKs",
    does: "endpoint",
    why: "as for AWS_ENDPOINT_URL_BEDROCK_MANTLE",
  },
  { name: "BEDROCK_ANTHROPIC_BASE_URL", readBy: "Inspect", does: "endpoint", why: "it reads no other" },
  { name: "AWS_BEDROCK_BASE_URL", readBy: "OpenAI's SDKs", does: "endpoint", why: "they read no other" },
  {
    name: "BEDROCK_OPENAI_BASE_URL",
    readBy: "Inspect",
    does: "endpoint",
    why: "preferred to AWS_BEDROCK_BASE_URL",
  },
  {
    name: "BEDROCK_BASE_URL",
    readBy: "Inspect",
    does: "endpoint",
    why: "followed unchanged where it is set",
  },
  { name: "BEDROCK_API_BASE", readBy: "LiteLLM, RubyLLM", does: "endpoint", why: "they read no other" },
  {
    name: "BEDROCK_API_BASE_URL",
    readBy: "programs by convention",
    does: "endpoint",
    why: "they read no other",
  },
  {
    name: "BEDROCK_ENDPOINT_URL",
    readBy: "Amazon's workshops",
    does: "endpoint",
    why: "passed to boto3 in code",
  },
  { name: "BEDROCK_MANTLE_API_BASE", readBy: "LiteLLM", does: "endpoint", why: "it reads no other" },
  {
    name: "AWS_ENDPOINT_URL",
    readBy: SDKS,
    does: "left",
    why: "for other services; those of Bedrock above win",
  },
  {
    name: "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    readBy: SDKS,
    does: "cleared",
    kept: "false",
    why: "the endpoints above would be ignored",
  },
  {
    name: "AWS_USE_FIPS_ENDPOINT",
    readBy: SDKS,
    does: "cleared",
    kept: "false",
    why: "JavaScript, .NET, Ruby and PHP refuse an endpoint beside it",
  },
  {
    name: "AWS_USE_DUALSTACK_ENDPOINT",
    readBy: SDKS,
    does: "cleared",
    kept: "false",
    why: "JavaScript, .NET, Ruby and PHP refuse an endpoint beside it",
  },
  {
    name: "AWS_ACCOUNT_ID_ENDPOINT_MODE",
    readBy: SDKS,
    does: "cleared",
    why: "`required` fails without an account",
  },
  {
    name: "AWS_REGION",
    readBy: "all but boto3",
    does: "set",
    why: "us-east-1 where none is set; SDKs need one",
  },
  {
    name: "AWS_DEFAULT_REGION",
    readBy: "boto3, CLI",
    does: "set",
    why: "us-east-1 where none is set; SDKs need one",
  },
  {
    name: "AWS_SIGV4A_SIGNING_REGION_SET",
    readBy: SDKS,
    does: "cleared",
    why: "for SigV4a, which Cria doesn't verify",
  },
  { name: "HTTP_PROXY", readBy: "most programs", does: "left", why: "NO_PROXY excepts Cria" },
  { name: "HTTPS_PROXY", readBy: "most programs", does: "left", why: "NO_PROXY excepts Cria" },
  { name: "ALL_PROXY", readBy: "curl, Python", does: "left", why: "NO_PROXY excepts Cria" },
  { name: "NO_PROXY", readBy: "most programs", does: "set", why: "Cria's host is added; `*` stays" },
  { name: "no_proxy", readBy: "curl, Python", does: "set", why: "Cria's host is added; `*` stays" },
  // as whom
  { name: "AWS_ACCESS_KEY_ID", readBy: SDKS, does: "set", why: "`cria`: without a key, SDKs send nothing" },
  {
    name: "AWS_SECRET_ACCESS_KEY",
    readBy: SDKS,
    does: "set",
    why: "`cria`: without a key, SDKs send nothing",
  },
  { name: "AWS_ACCESS_KEY", readBy: "Go, Java 1", does: "source", why: "an older name of a real key" },
  { name: "AWS_SECRET_KEY", readBy: "Go, Java 1", does: "source", why: "an older name of a real key" },
  { name: "AWS_SESSION_TOKEN", readBy: SDKS, does: "credential", why: "belongs to a real key" },
  { name: "AWS_SECURITY_TOKEN", readBy: "boto3", does: "credential", why: "belongs to a real key" },
  {
    name: "AWS_BEARER_TOKEN_BEDROCK",
    readBy: SDKS,
    does: "credential",
    why: "a real API key, preferred to keys",
  },
  {
    name: "AWS_CREDENTIAL_EXPIRATION",
    readBy: "boto3, JavaScript",
    does: "source",
    why: "boto3 refuses keys past it",
  },
  { name: "AWS_CREDENTIAL_SCOPE", readBy: "JavaScript", does: "source", why: "belongs to a real key" },
  { name: "AWS_ACCOUNT_ID", readBy: SDKS, does: "source", why: "belongs to a real key" },
  {
    name: "AWS_AUTH_SCHEME_PREFERENCE",
    readBy: SDKS,
    does: "cleared",
    why: "asks for an API key where there is none",
  },
  { name: "AWS_PROFILE", readBy: SDKS, does: "source", why: "JavaScript prefers its profile to the keys" },
  { name: "AWS_DEFAULT_PROFILE", readBy: "boto3, CLI, Go", does: "source", why: "as AWS_PROFILE" },
  {
    name: "AWS_CONFIG_FILE",
    readBy: SDKS,
    does: "set",
    why: "the person's profiles by name, with `cria` for keys",
  },
  {
    name: "AWS_SHARED_CREDENTIALS_FILE",
    readBy: SDKS,
    does: "set",
    why: "the person's profiles by name, with `cria` for keys",
  },
  { name: "AWS_CREDENTIAL_FILE", readBy: "boto3", does: "source", why: "an older file with real keys" },
  { name: "BOTO_CONFIG", readBy: "boto3", does: "source", why: "an older file with real keys" },
  {
    name: "AWS_WEB_IDENTITY_TOKEN_FILE",
    readBy: SDKS,
    does: "source",
    why: ".NET 3.7 sends its token to Amazon before it looks at keys",
  },
  { name: "AWS_ROLE_ARN", readBy: SDKS, does: "source", why: "with AWS_WEB_IDENTITY_TOKEN_FILE" },
  { name: "AWS_ROLE_SESSION_NAME", readBy: SDKS, does: "source", why: "with AWS_ROLE_ARN" },
  {
    name: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    readBy: SDKS,
    does: "source",
    why: "ECS, where real keys are",
  },
  {
    name: "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    readBy: SDKS,
    does: "source",
    why: "EKS, where real keys are",
  },
  {
    name: "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    readBy: SDKS,
    does: "source",
    why: "what real keys are got with",
  },
  {
    name: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    readBy: SDKS,
    does: "source",
    why: "what real keys are got with",
  },
  { name: "AWS_CONTAINER_SERVICE_ENDPOINT", readBy: "Java", does: "source", why: "where real keys are" },
  { name: "AWS_PROFILE_NAME", readBy: "LiteLLM", does: "source", why: "as AWS_PROFILE" },
  { name: "AWS_ROLE_NAME", readBy: "LiteLLM", does: "source", why: "makes it call Amazon's STS" },
  { name: "AWS_SESSION_NAME", readBy: "LiteLLM", does: "source", why: "with AWS_ROLE_NAME" },
  { name: "AWS_WEB_IDENTITY_TOKEN", readBy: "LiteLLM", does: "source", why: "makes it call Amazon's STS" },
  { name: "AWS_BEDROCK_API_KEY", readBy: "Agno", does: "source", why: "a real API key" },
  { name: "BEDROCK_API_KEY", readBy: "programs by convention", does: "source", why: "a real API key" },
  { name: "BEDROCK_MANTLE_API_KEY", readBy: "LiteLLM", does: "source", why: "a real API key" },
  { name: "BEDROCK_OPENAI_API_KEY", readBy: "Inspect", does: "source", why: "a real API key" },
  {
    name: "AWS_EC2_METADATA_DISABLED",
    readBy: SDKS,
    does: "left",
    why: "the machine's own role is asked for only where no keys are found",
  },
  {
    name: "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    readBy: SDKS,
    does: "left",
    why: "as AWS_EC2_METADATA_DISABLED",
  },
];

/** What Cria's generated files do with a key of the person's `~/.aws/config` and `~/.aws/credentials`. */
export const fileKeys: readonly Surrounding[] = [
  { name: "aws_access_key_id", readBy: SDKS, does: "set", why: "`cria`, in every profile" },
  { name: "aws_secret_access_key", readBy: SDKS, does: "set", why: "`cria`, in every profile" },
  { name: "region", readBy: SDKS, does: "set", why: "us-east-1; AWS_REGION wins" },
  ...(
    [
      ["aws_session_token", "belongs to a real key"],
      ["aws_account_id", "belongs to a real key"],
      ["credential_process", "starts a program that prints real keys"],
      ["credential_source", "leads to real keys"],
      ["source_profile", "leads to real keys"],
      ["role_arn", "makes SDKs call Amazon's STS"],
      ["role_session_name", "with role_arn"],
      ["external_id", "with role_arn"],
      ["mfa_serial", "with role_arn"],
      ["duration_seconds", "with role_arn"],
      ["web_identity_token_file", "sends a real token to Amazon's STS"],
      ["sso_session", "makes SDKs call Amazon's single sign-on"],
      ["sso_start_url", "makes SDKs call Amazon's single sign-on"],
      ["sso_region", "makes SDKs call Amazon's single sign-on"],
      ["sso_account_id", "makes SDKs call Amazon's single sign-on"],
      ["sso_role_name", "makes SDKs call Amazon's single sign-on"],
      ["login_session", "makes SDKs call Amazon's sign-in"],
      ["endpoint_url", "leads elsewhere"],
      ["services", "leads elsewhere"],
      ["ignore_configured_endpoint_urls", "Cria's endpoints would be ignored"],
      ["use_fips_endpoint", "as AWS_USE_FIPS_ENDPOINT"],
      ["use_dualstack_endpoint", "as AWS_USE_DUALSTACK_ENDPOINT"],
      ["account_id_endpoint_mode", "as AWS_ACCOUNT_ID_ENDPOINT_MODE"],
      ["auth_scheme_preference", "as AWS_AUTH_SCHEME_PREFERENCE"],
      ["sigv4a_signing_region_set", "as AWS_SIGV4A_SIGNING_REGION_SET"],
      ["ca_bundle", "wouldn't trust Cria's certificate"],
    ] as const
  ).map(([name, why]): Surrounding => ({ name, readBy: SDKS, does: "source", why })),
];

/** The names of the variables with a treatment. */
export function variablesThat(...does: readonly Treatment[]): readonly string[] {
  return variables.filter((row) => does.includes(row.does)).map(({ name }) => name);
}

/** A variable's value; an empty one counts as unset. */
export function valueOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name] === "" ? undefined : env[name];
}
