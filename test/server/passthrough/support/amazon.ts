import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";

import { onTestFinished, vi } from "vitest";

import { type CriaServer, serve, type ServeOptions } from "../../../../src/server/index.js";
import { createScriptedEngine } from "../../../../src/engine/index.js";
import { collect, pairs } from "../../support/http.js";
import { type LogLine, recordingLogger } from "../../support/start.js";

export const MODEL = "meta.llama4-maverick-17b-instruct-v1:0";

/** A request as Amazon got it. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** In the order and case received. */
  readonly rawHeaders: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

export type AmazonAnswer = (response: ServerResponse, received: Received) => void | Promise<void>;

/** A server in Amazon's place. */
export interface Amazon {
  readonly url: string;
  readonly received: Received[];
  answer: AmazonAnswer;
  /** How many of its answers were closed before their end. */
  closedEarly: number;
  close(): void;
}

export async function startAmazon(answer: AmazonAnswer): Promise<Amazon> {
  const server = createServer((request, response) => {
    response.on("close", () => {
      if (!response.writableFinished) amazon.closedEarly += 1;
    });
    void collect(request).then((body) => {
      const { url: path = "", headers, rawHeaders } = request;
      const received = { path, headers, rawHeaders: pairs(rawHeaders), body };
      amazon.received.push(received);
      return amazon.answer(response, received);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(close);
  const { port } = server.address() as AddressInfo;
  const amazon: Amazon = { url: `http://127.0.0.1:${port}`, received: [], answer, closedEarly: 0, close };
  return amazon;
}

export const KEYS = {
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  AWS_SESSION_TOKEN: "the-session-token",
};

/** Gives this process these AWS variables and no other credentials, until the test ends. */
export function stubAws(variables: Readonly<Record<string, string>>): void {
  const none = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_PROFILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
  ];
  for (const name of none) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  vi.stubEnv("AWS_CONFIG_FILE", "/nowhere/config");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials");
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

/** A Cria that passes {@link MODEL} on, with what it logs and tells. */
export interface Front {
  readonly server: CriaServer;
  readonly lines: readonly LogLine[];
  readonly notices: readonly string[];
}

export async function startFront(
  endpoint: string,
  { upstream = {}, ...options }: ServeOptions & { readonly upstream?: object } = {},
): Promise<Front> {
  const { logger, lines } = recordingLogger();
  const notices: string[] = [];
  const server = await serve({
    engine: createScriptedEngine({ script: { tokens: ["local"] } }),
    upstreams: { [MODEL]: { bedrock: "us-west-2", endpoint, ...upstream } },
    logger,
    onNotice: (sentence) => void notices.push(sentence),
    ...options,
  });
  onTestFinished(() => server.close({ graceMs: 0 }));
  return { server, lines, notices };
}

/** An answer of JSON. */
export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): AmazonAnswer {
  return (response) => {
    response.writeHead(status, {
      "Content-Type": "application/json",
      "x-amzn-RequestId": "amazons-own",
      ...headers,
    });
    response.end(JSON.stringify(body));
  };
}

/** An exception as Amazon answers it. */
export function exception(status: number, type: string, message = "No."): AmazonAnswer {
  return json(
    status,
    { message },
    { "x-amzn-ErrorType": `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/` },
  );
}
