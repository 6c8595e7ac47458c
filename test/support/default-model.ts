import { existsSync } from "node:fs";
import { join } from "node:path";

import type { TestContext } from "vitest";

import { ENGINE_VERSION } from "../../src/engine/index.js";
import { listModels, smallModel } from "../../src/models/index.js";
import { testHome } from "./home.js";
import { whyNotFetched } from "./toolchain.js";

/** The environment for a test that runs the default model; skips the test without model or engine. */
export async function defaultModelEnv(context: TestContext): Promise<{ readonly CRIA_HOME: string }> {
  const home = testHome();
  const model = (await listModels(home)).find(({ name }) => name === smallModel.name);
  const engine = join(home, "engine");
  if (!model?.here || !existsSync(engine)) {
    context.skip(
      `the default model or engine ${ENGINE_VERSION} isn't in ${home}; \`npm test\` fetches them${whyNotFetched()}`,
    );
  }
  return { CRIA_HOME: home };
}
