import { describe, it } from "vitest";

import { expectAgentRuns } from "../support/expect-agent-runs.js";
import { expectExampleStreams } from "../support/expect-example-streams.js";
import { mavenWithJava } from "../support/maven.js";

describe("the Java examples under cria run", () => {
  it("streams, token by token", async (context) => {
    const maven = mavenWithJava(context);
    await expectExampleStreams([...maven, "-q", "-B", "-f", "examples/java", "compile", "exec:java"]);
  });

  it("call both tools and print the answer, as an agent", async (context) => {
    const maven = [...mavenWithJava(context), "-q", "-B", "-f", "examples/java"];
    await expectAgentRuns([...maven, "compile", "exec:java", "-Dexec.mainClass=Agent"]);
  });
});
