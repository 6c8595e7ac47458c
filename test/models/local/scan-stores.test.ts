import { mkdir, symlink, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { describe, expect, test } from "vitest";

import { findWeights } from "../../../src/models/index.js";
import { scanStores } from "../../../src/models/local/scan-stores.js";
import { emptyFolder } from "../../support/folder.js";
import { claimingGguf, LLAMA_2_13B, LLAMA_3_8B, smallGguf } from "../support/gguf-file.js";
import { CHAT, library, LLAMA_3_1, llama2, llama31, named, storeFolders } from "../support/store-folders.js";

const BASE = "meta.llama2-13b-v1";
const LLAMA_3 = "meta.llama3-8b-instruct-v1:0";

/** Scans the stores, and returns the ids of the identified models and of the candidates. */
async function scan(env: NodeJS.ProcessEnv) {
  const scanned = await scanStores(env);
  return scanned.map(({ path, store, weights, candidates }) => ({
    path,
    store,
    id: weights?.modelId,
    candidates: candidates.map(({ modelId }) => modelId),
  }));
}

describe("Ollama's store", () => {
  test.for([
    ["llama2/13b", CHAT],
    ["llama2/13b-chat-q4_K_M", CHAT],
    ["llama2/13b-text", BASE],
    ["llama2/13b-text-q4_0", BASE],
  ] as const)("its library's %s is %s, whatever the name in the metadata", async ([name, id]) => {
    const stores = await storeFolders();
    const path = await stores.ollama(library(name), llama2());
    const found = await findWeights(id, { home: await emptyFolder(), env: stores.env });
    expect(found).toMatchObject({ path, source: "ollama", modelId: id, quantization: "Q4_K_M" });
  });

  test("a library model whose tag has no size is identified by its dimensions", async () => {
    const stores = await storeFolders();
    await stores.ollama(library("llama3.1/latest"), llama31());
    expect(await scan(stores.env)).toMatchObject([{ id: LLAMA_3_1 }]);
  });

  test("a model from the hub is identified by its repository", async () => {
    const stores = await storeFolders();
    await stores.ollama("hf.co/TheBloke/Llama-2-13B-chat-GGUF/Q4_K_M", llama2());
    expect(await scan(stores.env)).toMatchObject([{ id: CHAT }]);
  });

  test("another owner's model with a library model's name is uncertain", async () => {
    const stores = await storeFolders();
    await stores.ollama("ollama.example/somebody/llama3.1/latest", llama31());
    expect(await scan(stores.env)).toMatchObject([{ id: undefined, candidates: [LLAMA_3_1] }]);
  });

  test("it is in the user's home folder, unless OLLAMA_MODELS names another", async () => {
    const stores = await storeFolders();
    const { home, env } = stores;
    const path = await stores.ollama(library("llama2/13b"), llama2());
    const found = expect.objectContaining({ path }) as unknown;
    // an Ollama service on this machine may have a store, too
    expect(await scan({ HOME: home, USERPROFILE: home })).toContainEqual(found);
    expect(await scan({ ...env, HOME: "/nowhere", USERPROFILE: "/nowhere" })).toEqual([found]);
    expect(await scan({ ...env, OLLAMA_MODELS: join(home, "elsewhere") })).toEqual([]);
  });

  test("malformed manifests and missing blobs are ignored", async () => {
    const stores = await storeFolders();
    const blob = await stores.ollama(library("llama2/13b"), llama2());
    await unlink(blob);
    const manifests = join(stores.home, ".ollama/models/manifests", library("llama2"));
    await writeFile(join(manifests, "broken"), "{");
    await writeFile(join(manifests, "other"), '{"layers": [{"mediaType": 7}]}');
    await writeFile(
      join(manifests, "climbing"),
      '{"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:../../x"}]}',
    );
    expect(await scan(stores.env)).toEqual([]);
  });
});

describe("the cache of huggingface_hub", () => {
  test("a file from a repository in the catalogue is identified, through the link to its blob", async () => {
    const stores = await storeFolders();
    const path = await stores.huggingFace("TheBloke/Llama-2-13B-chat-GGUF", "whatever.gguf", llama2());
    const found = await findWeights(CHAT, { home: await emptyFolder(), env: stores.env });
    expect(found).toMatchObject({ path, source: "hugging-face" });
    expect(await findWeights(BASE, { home: await emptyFolder(), env: stores.env })).toBeUndefined();
  });

  test("a file from another repository is identified if repository and metadata have the model's name", async () => {
    const stores = await storeFolders();
    await stores.huggingFace("somebody/Meta-Llama-3.1-8B-Instruct-GGUF", "m.gguf", llama31());
    expect(await scan(stores.env)).toMatchObject([{ id: LLAMA_3_1 }]);
  });

  test.for([
    ["somebody/Hermes-3-Llama-3.1-8B-GGUF", "Meta Llama 3.1 8B Instruct"],
    ["somebody/Meta-Llama-3.1-8B-Instruct-GGUF", "Hermes 3 Llama 3.1 8B"],
  ] as const)("a file is uncertain if only one of them has the name: %s, %s", async ([repository, name]) => {
    const stores = await storeFolders();
    await stores.huggingFace(repository, "Meta-Llama-3.1-8B-Instruct.gguf", llama31(name));
    expect(await scan(stores.env)).toMatchObject([{ id: undefined, candidates: [LLAMA_3_1] }]);
  });

  test("models with the same shape are distinguished by their context size", async () => {
    const stores = await storeFolders();
    const llama3 = claimingGguf("llama-3", LLAMA_3_8B, named("Meta-Llama-3-8B-Instruct"));
    await stores.huggingFace("a/Meta-Llama-3-8B-Instruct-GGUF", "m.gguf", llama3);
    // its name is that of Llama 3.1, its context size that of Llama 3
    await stores.huggingFace("b/Meta-Llama-3.1-8B-Instruct-GGUF", "m.gguf", llama3);
    expect((await scan(stores.env)).map(({ id }) => id)).toEqual([LLAMA_3, undefined]);
  });

  test.for([
    ["HF_HUB_CACHE", ".cache/huggingface/hub"],
    ["HF_HOME", ".cache/huggingface"],
    ["XDG_CACHE_HOME", ".cache"],
  ] as const)("it is found by %s", async ([variable, folder]) => {
    const stores = await storeFolders();
    const path = await stores.huggingFace("TheBloke/Llama-2-13B-chat-GGUF", "m.gguf", llama2());
    const env = {
      ...stores.env,
      HOME: "/nowhere",
      USERPROFILE: "/nowhere",
      [variable]: join(stores.home, folder),
    };
    expect(await scan(env)).toMatchObject([{ path }]);
  });

  test("a split model is listed once, and only with all its parts", async () => {
    const stores = await storeFolders();
    const part = (index: number) =>
      claimingGguf("llama-2", LLAMA_2_13B, {
        "split.no": { type: "uint32", value: index },
        "split.count": { type: "uint32", value: 2 },
      });
    const first = await stores.huggingFace(
      "TheBloke/Llama-2-13B-chat-GGUF",
      "m-00001-of-00002.gguf",
      part(0),
    );
    expect(await scan(stores.env)).toEqual([]);
    await stores.huggingFace("TheBloke/Llama-2-13B-chat-GGUF", "m-00002-of-00002.gguf", part(1));
    expect(await scan(stores.env)).toMatchObject([{ path: first, id: CHAT }]);
    const found = await findWeights(CHAT, { home: await emptyFolder(), env: stores.env });
    expect(found?.bytes).toBe(part(0).length + part(1).length);
  });

  test("incomplete files, other models and other files are ignored", async () => {
    const stores = await storeFolders();
    const link = await stores.huggingFace("TheBloke/Llama-2-13B-chat-GGUF", "gone.gguf", llama2("gone"));
    await symlink("../../blobs/none", join(dirname(link), "dangling.gguf"));
    await stores.huggingFace("a/b", "page.gguf", Buffer.from("<html>"));
    await stores.huggingFace("a/c", "cut.gguf", llama2().subarray(0, 50_000));
    await stores.huggingFace("a/d", "readme.md", llama2());
    await stores.huggingFace(
      "a/e",
      "gemma.gguf",
      smallGguf({ "general.architecture": { type: "string", value: "gemma3" } }),
    );
    expect(await scan(stores.env)).toMatchObject([{ path: link }]);
  });
});

describe("LM Studio's folder", () => {
  test("has the layout of the hub", async () => {
    const stores = await storeFolders();
    const path = await stores.lmStudio("TheBloke/Llama-2-13B-chat-GGUF/m.gguf", llama2());
    await stores.lmStudio("loose.gguf", llama2("loose"));
    expect(await scan(stores.env)).toMatchObject([{ path, store: "lm-studio", id: CHAT }]);
  });

  test("may be the one before 2025", async () => {
    const stores = await storeFolders();
    const path = join(stores.home, ".cache/lm-studio/models/TheBloke/Llama-2-13B-chat-GGUF/m.gguf");
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, llama2());
    expect(await scan(stores.env)).toMatchObject([{ path, id: CHAT }]);
  });
});

test("a file with several names is listed once, under the name that identifies it", async () => {
  const stores = await storeFolders();
  const path = await stores.lmStudio("somebody/unknown/m.gguf", llama2());
  const link = join(stores.home, ".cache/lm-studio/models/TheBloke/Llama-2-13B-chat-GGUF/m.gguf");
  await mkdir(dirname(link), { recursive: true });
  await symlink(path, link);
  expect(await scan(stores.env)).toMatchObject([{ path: link, id: CHAT }]);
});
