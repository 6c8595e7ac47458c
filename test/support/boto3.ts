import type { TestContext } from "vitest";

import type { CriaServer } from "../../src/server/index.js";
import { pythonWithBoto3 } from "./python.js";
import { plainEnv, start } from "./run-cli.js";

/** The start of every program: `tell` prints a value for the test, `outcome` turns a boto3 exception into its code and message. */
const PRELUDE = `
import json, sys, boto3
from botocore.exceptions import ClientError, BotoCoreError
def tell(value):
    print(json.dumps(value, default=str))
def outcome(call):
    try:
        return {"result": call()}
    except ClientError as error:
        got = error.response
        return {"class": type(error).__name__, "code": got["Error"]["Code"], "message": got["Error"]["Message"],
                "status": got["ResponseMetadata"].get("HTTPStatusCode") if "ResponseMetadata" in got else None,
                "retries": got.get("ResponseMetadata", {}).get("RetryAttempts")}
    except BotoCoreError as error:
        return {"class": type(error).__name__}
`;

/** Runs a Python program whose boto3 calls the server, and returns the values it printed with `tell`; skips the test without boto3. */
export async function withBoto3(
  context: TestContext,
  server: CriaServer,
  program: string,
  env: NodeJS.ProcessEnv = {},
): Promise<readonly unknown[]> {
  const python = pythonWithBoto3(context);
  const running = start(python, ["-c", PRELUDE + program], { env: { ...server.env(plainEnv()), ...env } });
  running.child.stdin?.end();
  const code = await running.ended;
  if (code !== 0) throw new Error(`python ended with ${code}:\n${running.stderr}`);
  return running.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}
