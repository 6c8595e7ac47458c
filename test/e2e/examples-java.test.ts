import { describe, it } from "vitest";

import { expectExampleStreams } from "../support/expect-example-streams.js";
import { mavenWithJava } from "../support/maven.js";

describe("the Java example under cria run", () => {
  it("streams, token by token", async (context) => {
    const maven = mavenWithJava(context);
    await expectExampleStreams([...maven, "-q", "-B", "-f", "examples/java", "compile", "exec:java"]);
  });
});
