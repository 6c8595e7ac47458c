import { describe, it } from "vitest";

import { expectExampleStreams } from "../support/expect-example-streams.js";
import { needsToolchain } from "../support/toolchain.js";

describe("the .NET example under cria run", () => {
  it("streams, token by token", async (context) => {
    needsToolchain(context, "dotnet");
    await expectExampleStreams(["dotnet", "run", "--project", "examples/dotnet"]);
  });
});
