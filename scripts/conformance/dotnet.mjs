// Builds the .NET example, which downloads its packages.
import { join } from "node:path";

import { attempt } from "./attempt.mjs";

/** Takes a few seconds each time. @returns undefined, or the reason for a failure */
export function setUpDotnet(root, env) {
  return attempt("dotnet", ["build", join(root, "examples/dotnet"), "--nologo", "--verbosity", "quiet"], {
    env,
  });
}
