import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

import { expect, it, vi } from "vitest";

import { claimingGguf, LLAMA_3_2_1B } from "../models/support/gguf-file.js";
import { type Behaviour, stallAfter, whole } from "../models/support/hub-server.js";
import { startWeightsHub } from "../models/support/weights-hub.js";
import { emptyFolder } from "../support/folder.js";
import { runCli, startCli } from "../support/run-cli.js";

const ID = "meta.llama3-2-1b-instruct-v1:0";
const FILE = "Llama-3.2-1B-Instruct-Q6_K.gguf";
const PULL = ["models", "pull", ID, "--quant", "Q6_K"];
const CAME = 200_000;

/** A hub with the model, and the environment of a user who has nothing installed yet. */
async function prepare(...storage: readonly Behaviour[]) {
  const hub = await startWeightsHub({ [FILE]: claimingGguf("llama-3", LLAMA_3_2_1B) }, { storage });
  const [home, user] = [await emptyFolder(), await emptyFolder()];
  const env = {
    CRIA_HOME: home,
    HOME: user,
    USERPROFILE: user,
    OLLAMA_MODELS: user,
    HF_ENDPOINT: hub.url,
    NO_PROXY: "127.0.0.1",
    no_proxy: "127.0.0.1",
  };
  return { hub, env, folder: join(home, "models/meta.llama3-2-1b-instruct-v1-0/Q6_K") };
}

it.each(["SIGINT", "SIGTERM"] as const)(
  "%s ends a pull and keeps the partial file; the next pull resumes",
  async (signal) => {
    const { hub, env, folder } = await prepare(stallAfter(CAME), whole);
    const pulling = startCli(PULL, { env });
    await vi.waitFor(async () => expect((await stat(join(folder, `${FILE}.part`))).size).toBe(CAME), {
      timeout: 10_000,
    });
    pulling.child.kill(signal);
    // on Windows it's killed, and its lock stays until the next one finds it dead
    const killed = process.platform === "win32";
    const code = signal === "SIGINT" ? 130 : 143;
    expect(await pulling.ended).toBe(killed ? signal : code);
    expect(pulling.stdout).toBe("");
    const lock = killed ? [`${FILE}.lock`] : [];
    expect((await readdir(folder)).sort()).toEqual([...lock, `${FILE}.part`, `${FILE}.source.json`]);
    expect((await runCli(["models"], { env })).stdout).toMatch(
      /meta\.llama3-2-1b\S+ +stand-in .* downloaded so far/u,
    );

    const pulled = await runCli(PULL, { env });
    expect(pulled).toMatchObject({ code: 0, stdout: `${join(folder, FILE)}\n` });
    expect(pulled.stderr).toContain(`${ID} Q6_K from Hugging Face`);
    expect(hub.storageRequests.map(({ headers }) => headers.range)).toEqual([undefined, `bytes=${CAME}-`]);
  },
);
