import { expect, test } from "vitest";

import { addModel, listWeights } from "../../../src/models/index.js";
import { emptyFolder } from "../../support/folder.js";
import { CHAT, library, LLAMA_3_1, llama2, llama31, storeFolders } from "../support/store-folders.js";

test("the list has every model, and each uncertain file once", async () => {
  const stores = await storeFolders();
  const home = await emptyFolder();
  const path = await stores.ollama(library("llama2/13b"), llama2());
  const doubtful = await stores.lmStudio("somebody/Hermes/m.gguf", llama31("Hermes 3 Llama 3.1 8B"));
  const list = await listWeights({ home, env: stores.env });
  expect(list.models.find(({ weights }) => weights.modelId === CHAT)).toMatchObject({
    path,
    found: { path },
  });
  expect(list.models.filter(({ found }) => found !== undefined)).toHaveLength(1);
  expect(list.doubtful.map((file) => file.path)).toEqual([doubtful]);
  // once the user has added it, it is no longer uncertain
  await addModel(doubtful, LLAMA_3_1, { home });
  const answered = await listWeights({ home, env: stores.env });
  expect(answered.models.find(({ weights }) => weights.modelId === LLAMA_3_1)?.found?.path).toBe(doubtful);
  expect(answered.doubtful).toEqual([]);
});
