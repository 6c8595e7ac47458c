import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { onTestFinished } from "vitest";

/** The ways in which the AWS SDK for JavaScript reaches a server, for tests that run once over each. */
export const sdkProtocols: readonly (readonly [string, (endpoint: string) => BedrockRuntimeClient])[] = [
  ["HTTP/2, its default", (endpoint) => clientFor(endpoint, undefined)],
  ["HTTP/1.1", (endpoint) => clientFor(endpoint, new NodeHttpHandler())],
];

/** A client that sends each request once; closed when the test ends. */
function clientFor(endpoint: string, requestHandler: NodeHttpHandler | undefined): BedrockRuntimeClient {
  const client = new BedrockRuntimeClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "cria", secretAccessKey: "cria" },
    maxAttempts: 1,
    ...(requestHandler && { requestHandler }),
  });
  onTestFinished(() => client.destroy());
  return client;
}
