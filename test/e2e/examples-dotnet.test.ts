import { spawnSync } from "node:child_process";

import { describe, it } from "vitest";

import { expectExampleStreams } from "../support/expect-example-streams.js";

describe("the .NET example under cria run", () => {
  it("streams, token by token", async (context) => {
    const { status, stdout } = spawnSync("dotnet", ["--list-sdks"], { encoding: "utf8" });
    // a runtime alone lists nothing and can't build
    if (status !== 0 || stdout.trim() === "") context.skip("there is no .NET SDK (`dotnet`)");
    await expectExampleStreams(["dotnet", "run", "--project", "examples/dotnet"]);
  });
});
