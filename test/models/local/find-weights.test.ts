import { expect, test } from "vitest";

import { addModel, findWeights } from "../../../src/models/index.js";
import { emptyFolder } from "../../support/folder.js";
import { CHAT, llama2, storeFolders } from "../support/store-folders.js";

test("the largest file is preferred, and a file that was added is preferred to all others", async () => {
  const stores = await storeFolders();
  const home = await emptyFolder();
  const small = await stores.lmStudio("TheBloke/Llama-2-13B-chat-GGUF/small.gguf", llama2());
  const large = await stores.lmStudio("TheBloke/Llama-2-13B-chat-GGUF/large.gguf", llama2("LLaMA v2, large"));
  expect(await findWeights(CHAT, { home, env: stores.env })).toMatchObject({ path: large });
  await addModel(small, CHAT, { home });
  expect(await findWeights(CHAT, { home, env: stores.env })).toMatchObject({
    path: small,
    source: "imported",
  });
});
