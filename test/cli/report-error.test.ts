import { describe, expect, it } from "vitest";

import { explainError } from "../../src/cli/report-error.js";

/** An error as the SDK throws it for a refusal. */
function refusal(name: string, message: string): Error {
  return Object.assign(new Error(message), { name, $fault: "client" });
}

describe("an error of Bedrock is followed by advice", () => {
  it.each([
    [
      Object.assign(new Error("Could not load credentials from any providers"), {
        name: "CredentialsProviderError",
      }),
      "aws sso login",
    ],
    [new Error("Region is missing"), "--region"],
    [
      refusal(
        "ResourceNotFoundException",
        "This model version has reached the end of its life. Please refer to the AWS documentation for more details.",
      ),
      "leave out --on aws",
    ],
    [
      refusal(
        "ValidationException",
        "Invocation of model ID meta.llama3-1-8b-instruct-v1:0 with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.",
      ),
      "us.meta.llama3-1-8b-instruct-v1:0",
    ],
    [refusal("ValidationException", "The provided model identifier is invalid."), "no such model id"],
    [
      refusal("AccessDeniedException", "You don't have access to the model with the specified model ID."),
      "Model access",
    ],
    [
      refusal(
        "AccessDeniedException",
        "User: arn:aws:iam::123456789012:user/x is not authorized to perform: bedrock:InvokeModelWithResponseStream on resource: …",
      ),
      "IAM",
    ],
    [
      refusal("AccessDeniedException", "Authentication failed: Please make sure your API Key is valid."),
      "AWS_BEARER_TOKEN_BEDROCK",
    ],
    [
      refusal("ExpiredTokenException", "The security token included in the request is expired"),
      "aws sso login",
    ],
    [
      refusal("UnrecognizedClientException", "The security token included in the request is invalid."),
      "credentials",
    ],
    [refusal("ThrottlingException", "Too many requests, please wait before trying again."), "try again"],
    [new Error("connect ECONNREFUSED 127.0.0.1:2742"), "cria serve"],
  ])("%s", (error, advice) => {
    const text = explainError(error);
    expect(text).toContain(error.message);
    expect(text.slice(text.indexOf(error.message) + error.message.length)).toContain(advice);
  });

  it("shows an unknown error without advice", () => {
    expect(explainError(new Error("What now?"))).toBe("What now?");
    expect(explainError(refusal("ValidationException", "Odd."))).toBe("ValidationException: Odd.");
  });
});
