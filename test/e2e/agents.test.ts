import { describe, it } from "vitest";

import { expectAgentRuns } from "../support/expect-agent-runs.js";
import { pythonWithBoto3 } from "../support/python.js";

describe.each([
  ["a stand-in", []],
  ["the model itself", ["--as", "us.meta.llama3-3-70b-instruct-v1:0"]],
])("the agents under cria run, with a script as %s", (_, options) => {
  it("call both tools and print the answer, in JavaScript", async () => {
    await expectAgentRuns([process.execPath, "examples/javascript/agent.js"], options);
  });

  it("call both tools and print the answer, in Python", async (context) => {
    await expectAgentRuns([pythonWithBoto3(context), "examples/python/agent.py"], options);
  });
});
