import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { expect, type TestContext } from "vitest";

import type { Credentials } from "../../src/sigv4/index.js";
import { pythonWithBoto3 } from "../support/python.js";
import { HOST, type WireRequest } from "./support.js";

/** A request for botocore to sign. */
export interface BotocoreRequest {
  readonly method: string;
  /** Path and query, percent-encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly key: Credentials;
  /** Sign in the query instead of in the header. */
  readonly presign: boolean;
}

/** The region that botocore signs for here. */
export const BOTOCORE_REGION = "eu-west-1";

/** Signs requests with botocore, at the present time; skips the test where there is no boto3. */
export function signByBotocore(
  context: TestContext,
  requests: readonly BotocoreRequest[],
): readonly WireRequest[] {
  const python = pythonWithBoto3(context);
  const program = fileURLToPath(new URL("sign-with-botocore.py", import.meta.url));
  const { stdout, stderr } = spawnSync(python, [program, HOST, BOTOCORE_REGION], {
    input: JSON.stringify(requests),
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return JSON.parse(stdout) as readonly WireRequest[];
}
