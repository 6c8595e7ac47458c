import { join } from "node:path";

import { expect, it } from "vitest";

import { smallModel, smallModelCache, describeGguf } from "../../../src/models/index.js";
import { defaultModelEnv } from "../../support/default-model.js";

it("the default model has the size and cache shape in the catalogue", async (context) => {
  const { CRIA_HOME } = await defaultModelEnv(context);
  const { bytes, cache } = await describeGguf(join(CRIA_HOME, "models", smallModel.fileName));
  expect({ bytes, cache }).toEqual({ bytes: smallModel.bytes, cache: smallModelCache });
});
