import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { beforeEach, describe, expect, it, vi } from "vitest";

import { main } from "../../../src/cli/main.js";
import { catalogue } from "../../../src/models/index.js";
import { changeSettings } from "../../../src/store/index.js";
import { machineMemory } from "../../../src/platform/index.js";
import {
  claimingGguf,
  LLAMA_2_13B,
  LLAMA_3_1_8B,
  LLAMA_3_2_1B,
  put,
} from "../../models/support/gguf-file.js";
import { answers, startWeightsHub } from "../../models/support/weights-hub.js";
import { emptyFolder } from "../../support/folder.js";
import { tinyModel } from "../../support/gguf/tiny-model.js";

const CHAT = "meta.llama2-13b-chat-v1";
const SMALL = "meta.llama3-2-1b-instruct-v1:0";
const SMALL_FILE = "Llama-3.2-1B-Instruct-Q6_K.gguf";

let home: string;
let user: string;

beforeEach(async () => {
  [home, user] = [await emptyFolder(), await emptyFolder()];
  vi.stubEnv("CRIA_HOME", home);
  vi.stubEnv("HOME", user);
  vi.stubEnv("USERPROFILE", user);
  vi.stubEnv("OLLAMA_MODELS", join(user, ".ollama/models"));
  for (const name of ["HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME", "HF_TOKEN"]) vi.stubEnv(name, "");
  for (const name of ["http_proxy", "https_proxy", "all_proxy", "no_proxy"]) {
    vi.stubEnv(name, "");
    vi.stubEnv(name.toUpperCase(), "");
  }
  return () => vi.unstubAllEnvs();
});

/** Runs `cria models …` in this process. */
async function cria(...args: readonly string[]) {
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((part) => {
      written[name] += String(part);
      return true;
    }),
  );
  try {
    return { code: await main(["node", "cria", "models", ...args]), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** The line of the list that begins with a name, as its cells. */
async function row(name: string): Promise<string[]> {
  const { stdout } = await cria();
  return (stdout.split("\n").find((line) => line.startsWith(name)) ?? "").split(/ {2,}/u);
}

interface JsonRow {
  readonly name: string;
  readonly path: string | null;
  readonly here: boolean;
  readonly standsIn?: boolean;
  readonly servedBy?: string;
  readonly memoryBytes?: number | null;
  readonly fits?: boolean | null;
  readonly candidateIds?: readonly string[];
}

async function json(): Promise<readonly JsonRow[]> {
  return JSON.parse((await cria("--json")).stdout) as readonly JsonRow[];
}

describe("cria models", () => {
  it("lists every model; a stand-in serves those without weights on this machine", async () => {
    const { code, stdout, stderr } = await cria();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const { modelId } of catalogue) expect(stdout).toContain(`\n${modelId} `);
    const small = await row(SMALL);
    expect(small.toSpliced(3, 1)).toEqual([SMALL, "stand-in", "808 MB", `\`cria models pull ${SMALL}\``]);
    expect(small[3]).toMatch(/^fits: 2\.1 GB$|^fits (?:in|with) .*: [12]\.\d GB$|^too large: 1\.\d GB$/u);
    expect((await row("meta.llama3-2-11b")).at(-1)).toBe("no weights that llama.cpp can read");
    expect(await row("SmolLM2")).toContain("98 MB");
  });

  it("says which model stands in, and why", async () => {
    vi.stubEnv("CI", "");
    const lastLine = async () => (await cria()).stdout.trimEnd().split("\n").at(-1);
    expect(await lastLine()).toMatch(/^No model stands in for the others yet: /u);
    vi.stubEnv("CI", "true");
    expect(await lastLine()).toMatch(/^SmolLM2\S+ stands in for the others, since the environment has CI; /u);
    await writeFile(join(home, "settings.json"), JSON.stringify({ model: SMALL }));
    expect(await lastLine()).toMatch(/^meta\.llama3-2-1b\S+ stands in for the others, since it was chosen /u);
    expect((await json()).filter(({ standsIn }) => standsIn).map(({ name }) => name)).toEqual([SMALL]);
    await writeFile(join(home, "settings.json"), JSON.stringify({ model: "nonsense" }));
    expect(await cria()).toMatchObject({ code: 1, stderr: expect.stringContaining('"nonsense"') as string });
  });

  it("says which models don't fit into this machine's memory", async () => {
    const memory = machineMemory();
    const rows = (await json()).filter(({ memoryBytes }) => typeof memoryBytes === "number");
    expect(rows.length).toBeGreaterThan(10);
    for (const { fits, memoryBytes } of rows) expect(fits).toBe((memoryBytes ?? 0) <= memory * 0.75);
  });

  it("lists files of other programs, and prints how to add those that may be a model", async () => {
    const folder = join(user, ".lmstudio/models/TheBloke/Llama-2-13B-chat-GGUF");
    const other = join(user, ".lmstudio/models/some body/Hermes");
    const [real, doubt] = [join(folder, "m.gguf"), join(other, "m.gguf")];
    await mkdir(folder, { recursive: true });
    await mkdir(other, { recursive: true });
    await writeFile(real, claimingGguf("llama-2", LLAMA_2_13B));
    await writeFile(doubt, claimingGguf("llama-3", LLAMA_3_1_8B));
    expect(await row(CHAT)).toMatchObject({ 1: "real", 4: `${real} (of lm-studio)` });
    const { stdout } = await cria();
    expect(stdout).toContain(`cria models add '${doubt}' --as meta.llama3-1-8b-instruct-v1:0\n`);
    const doubtful = (await json()).find(({ candidateIds }) => candidateIds !== undefined);
    expect(doubtful).toMatchObject({
      path: doubt,
      candidateIds: ["meta.llama3-1-8b-instruct-v1:0"],
    });
    expect(await cria("where", CHAT)).toMatchObject({ code: 0, stdout: `${real}\n` });
  });

  it("shows an unfinished download", async () => {
    const folder = join(home, "models/meta.llama3-2-1b-instruct-v1-0/Q4_K_M");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "x.gguf.part"), Buffer.alloc(2_000_000));
    expect((await row(SMALL)).at(-1)).toBe(
      `2 MB downloaded so far; \`cria models pull ${SMALL}\` downloads the rest`,
    );
  });
});

describe("cria models add", () => {
  it("a GGUF with Llama 2's real vocabulary is served as Llama 2 with one command", async () => {
    const file = await tinyModel("llama-2");
    const added = await cria("add", file, "--as", CHAT);
    expect(added).toMatchObject({ code: 0, stdout: `${file}\n` });
    expect(added.stderr).toMatch(/1 layers instead of 40/u);
    expect(await row(CHAT)).toMatchObject({ 1: "imported", 4: file });
    expect(await cria("where", CHAT)).toMatchObject({ code: 0, stdout: `${file}\n` });
    const removed = await cria("rm", CHAT);
    expect(removed).toMatchObject({ code: 0, stdout: "" });
    expect(removed.stderr).toContain("the file stays");
    expect(existsSync(file)).toBe(true);
    expect(await cria("where", CHAT)).toMatchObject({ code: 1, stdout: "" });
  });

  it("says why a file can't be the model", async () => {
    const file = await put(home, "m.gguf", claimingGguf("llama-2", LLAMA_2_13B));
    expect(await cria("add", file, "--as", SMALL)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("its vocabulary has 32000 tokens") as string,
    });
    expect(await cria("add", join(home, "none.gguf"), "--as", CHAT)).toMatchObject({ code: 1 });
    expect(await cria("add", file, "--as", "llama2")).toMatchObject({ code: 2 });
    expect(await cria("add", file)).toMatchObject({ code: 2 });
  });

  it("copies the file with --copy", async () => {
    const file = await put(user, "m.gguf", claimingGguf("llama-2", LLAMA_2_13B));
    const added = await cria("add", file, "--as", CHAT, "--copy", "--json");
    const path = join(home, "models", CHAT, "imported/m.gguf");
    expect(JSON.parse(added.stdout)).toMatchObject({ modelId: CHAT, path, warnings: [] });
    expect(await cria("rm", CHAT)).toMatchObject({ code: 0, stderr: `cria: deleted ${path}.\n` });
    expect(existsSync(path)).toBe(false);
  });
});

describe("cria models pull", () => {
  it("downloads the weights and prints their path", async () => {
    const { env } = await startWeightsHub({ [SMALL_FILE]: claimingGguf("llama-3", LLAMA_3_2_1B) });
    vi.stubEnv("HF_ENDPOINT", env["HF_ENDPOINT"]);
    const pulled = await cria("pull", SMALL, "--quant", "q6_k");
    const path = join(home, "models/meta.llama3-2-1b-instruct-v1-0/Q6_K", SMALL_FILE);
    expect(pulled).toMatchObject({ code: 0, stdout: `${path}\n` });
    expect(pulled.stderr).toMatch(/is on this machine: .*Licence: Llama 3.2 Community License/u);
    expect(await row(SMALL)).toMatchObject({ 1: "real", 4: path });
    const again = await cria("pull", SMALL, "--quant", "Q6_K", "--json");
    expect(JSON.parse(again.stdout)).toMatchObject({ modelId: SMALL, quantization: "Q6_K", path });
    expect(await cria("rm", SMALL)).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining("stands in") as string,
    });
    expect(existsSync(path)).toBe(false);
  });

  it("tells at the removal of the model that stands in that it comes back", async () => {
    await changeSettings(home, { model: SMALL });
    const file = await put(user, "m.gguf", claimingGguf("llama-3", LLAMA_3_2_1B));
    await cria("add", file, "--as", SMALL);
    const { code, stdout, stderr } = await cria("rm", SMALL);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toMatch(/stands in for the others.*downloads it again.*`cria setup --model small`/u);
  });

  it("says which licence to accept, and where", async () => {
    const hub = await startWeightsHub({}, { hub: [answers(403, { "x-error-code": "GatedRepo" })] });
    vi.stubEnv("HF_ENDPOINT", hub.url);
    const { code, stdout, stderr } = await cria("pull", SMALL, "--quant", "Q6_K");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`Sign in at ${hub.url}/bartowski/Llama-3.2-1B-Instruct-GGUF and accept it`);
    expect(stderr).toContain("HF_TOKEN");
  });

  it("warns of weights that don't fit into memory before downloading them", async () => {
    vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:1");
    const { stderr } = await cria("pull", "meta.llama3-1-405b-instruct-v1:0");
    const [first = ""] = stderr.split("\n");
    // one sequence in q8_0, where nothing fits
    const fits = machineMemory() * 0.75 >= 250.7e9;
    expect(/takes 250\.7 GB of memory, and of this machine's .* a server takes/u.test(first)).toBe(!fits);
    expect((await cria("pull", SMALL, "--quant", "Q9")).stderr).not.toContain("memory");
  });

  it("lists the quantizations and models to choose from", async () => {
    expect(await cria("pull", CHAT, "--quant", "Q9")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        "Q4_K_M (7.9 GB), Q5_K_M (9.2 GB), Q8_0 (13.8 GB), Q2_K (5.4 GB)",
      ) as string,
    });
    expect(await cria("pull", "llama2")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`\n  ${CHAT}\n`) as string,
    });
  });
});

it("cria models where without an id prints the models folder", async () => {
  expect(await cria("where")).toEqual({ code: 0, stdout: `${join(home, "models")}\n`, stderr: "" });
});
