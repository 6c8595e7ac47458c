import { describe, expect, it, type TestContext } from "vitest";

import { pythonWithBoto3 } from "../support/python.js";
import { runCli } from "../support/run-cli.js";
import { startServing } from "../support/serving.js";
import { temporaryFile } from "../support/temporary-file.js";

const script = JSON.stringify({ tokens: [" Hello", " there"] });

/** Runs an unchanged program against `cria serve` with faults; returns the program's result and the logged statuses. */
async function underFaults(faults: readonly string[], command: readonly string[]) {
  await using file = await temporaryFile("script.json", script);
  const options = faults.flatMap((fault) => ["--fault", fault]);
  const { cli, paste } = await startServing(["--script", file.path, ...options]);
  try {
    return { ...(await paste(command)), log: () => cli.stderr };
  } finally {
    cli.child.kill("SIGTERM");
    await cli.ended;
  }
}

function statusesIn(log: string): readonly unknown[] {
  return log
    .split("\n")
    .filter((line) => line.includes('"requestId"'))
    .map((line) => (JSON.parse(line) as { status?: number }).status);
}

const clients: readonly (readonly [string, (context: TestContext) => readonly string[]])[] = [
  ["JavaScript", () => [process.execPath, "examples/javascript/invoke_model_with_response_stream.js"]],
  ["Python", (context) => [pythonWithBoto3(context), "examples/python/invoke_model_with_response_stream.py"]],
];

describe.each(clients)("the %s example", (_, commandOf) => {
  it.for([
    ["ThrottlingException", 429],
    ["ServiceUnavailableException", 503],
  ] as const)("recovers from a %s that ends within two retries", async ([kind, status], context) => {
    const { code, stdout, log } = await underFaults([`${kind},count=2`], commandOf(context));
    expect({ code, stdout }).toEqual({ code: 0, stdout: " Hello there\n" });
    expect(statusesIn(log())).toEqual([status, status, 200]);
  });

  it.for([
    ["ThrottlingException", 429, "Too many requests, please wait before trying again."],
    ["ServiceUnavailableException", 503, "Bedrock is unable to process your request."],
  ] as const)("sees a %s that stays, after three attempts", async ([kind, status, message], context) => {
    const { code, stdout, stderr, log } = await underFaults([`${kind},count=10`], commandOf(context));
    expect([code === 0, stdout]).toEqual([false, ""]);
    expect(stderr).toContain(kind);
    expect(stderr).toContain(message);
    expect(statusesIn(log())).toEqual([status, status, status]);
  });

  it("prints the text before a stream failed, and the failure once", async (context) => {
    const { code, stdout, stderr, log } = await underFaults(
      ["slow,ms=1", "ModelStreamErrorException,after=1,message=Broken, alas."],
      commandOf(context),
    );
    expect([code === 0, stdout.trim()]).toEqual([false, "Hello"]);
    expect(stderr).toContain("Broken, alas.");
    expect(statusesIn(log())).toEqual([200]);
  });
});

it("cria run takes faults too", async () => {
  await using file = await temporaryFile("script.json", script);
  const args = [
    "--script",
    file.path,
    "--fault",
    "AccessDeniedException,operation=InvokeModelWithResponseStream",
  ];
  const program = "examples/javascript/invoke_model_with_response_stream.js";
  const { code, stdout, stderr } = await runCli(["run", ...args, "--", process.execPath, program]);
  expect([code === 0, stdout]).toEqual([false, ""]);
  expect(stderr).toContain("You don't have access to the model with the specified model ID.");
});
