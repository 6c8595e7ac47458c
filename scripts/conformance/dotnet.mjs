// Builds the .NET example, which fetches its packages.
import { join } from "node:path";

import { attempt } from "./attempt.mjs";

/** Takes some seconds each time. @returns undefined, or why it can't be done */
export function setUpDotnet(root, env) {
  return attempt("dotnet", ["build", join(root, "examples/dotnet"), "--nologo", "--verbosity", "quiet"], {
    env,
  });
}
