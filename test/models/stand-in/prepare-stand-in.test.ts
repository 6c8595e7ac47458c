import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it, type TestContext, vi } from "vitest";

import {
  currentStandIn,
  findWeights,
  ModelFileError,
  ModelUnavailableError,
  prepareStandIn,
  setStandIn,
  smallModel,
  smallStandIn,
  type StandInDownload,
  standInName,
  standInNamed,
  type StandInOptions,
} from "../../../src/models/index.js";
import { changeSettings, readSettings, SettingsError } from "../../../src/store/index.js";
import { defaultModelEnv } from "../../support/default-model.js";
import { emptyFolder } from "../../support/folder.js";
import { claimingGguf, LLAMA_3_2_1B, put } from "../support/gguf-file.js";
import { ignoreProxies, quick, stallAfter, whole } from "../support/hub-server.js";
import { answers, startWeightsHub, type WeightsHubOptions } from "../support/weights-hub.js";

ignoreProxies();

/** The small model's 98 MB are fetched and verified several times. */
vi.setConfig({ testTimeout: 60_000 });

const BEST = "meta.llama3-2-1b-instruct-v1:0";
const BEST_FILE = "Llama-3.2-1B-Instruct-Q4_K_M.gguf";
/** The catalogue's checksum of that file, whose bytes can't be had in a test. */
const BEST_SUM = "6f85a640a97cf2bf5b8e764087b1e83da0fdb51d7c9fab7d0fece9385611df83";
const SMALL = smallModel.name;
const SMALL_FILE = smallModel.fileName;

/** A new home on a large machine, and a hub with the real small model and a file that claims to be Llama 3.2 1B. */
async function prepare(context: TestContext, options: WeightsHubOptions = {}) {
  const { CRIA_HOME } = await defaultModelEnv(context);
  const small = await readFile(join(CRIA_HOME, "models", smallModel.fileName));
  const files = {
    [BEST_FILE]: claimingGguf("llama-3", LLAMA_3_2_1B),
    [SMALL_FILE]: small,
  };
  const sums = { [BEST_FILE]: BEST_SUM, [SMALL_FILE]: smallModel.sha256, ...options.sums };
  const hub = await startWeightsHub(files, { ...options, sums });
  const home = await emptyFolder();
  const notices: string[] = [];
  const facts = { memoryBytes: 16e9, freeBytes: () => Promise.resolve(100e9) };
  const defaults = {
    home,
    env: hub.env,
    limits: quick,
    facts,
    onNotice: (text: string) => notices.push(text),
  };
  const run = async (more: StandInOptions = {}) => {
    const { choice, path } = await prepareStandIn({ ...defaults, ...more });
    return { name: standInName(choice.standIn), reason: choice.reason, path };
  };
  const set = (...[standIn, more]: Parameters<typeof setStandIn>) =>
    setStandIn(standIn, { ...defaults, ...more });
  return { ...hub, home, notices, run, set };
}

describe("the stand-in of a new home", () => {
  it("doesn't replace what `cria setup` chose while it was downloaded", async (context) => {
    const { run, home } = await prepare(context);
    let setUp: Promise<void> | undefined;
    const onDownload = () => (setUp = changeSettings(home, { model: "/models/mine.gguf" }));
    expect(await run({ onDownload: () => void onDownload() })).toMatchObject({ name: SMALL, reason: "hub" });
    await setUp;
    expect(await readSettings(home)).toEqual({ model: "/models/mine.gguf" });
  });

  it("is the small model if a better one's bytes are wrong, which never answer", async (context) => {
    const { run, home, notices, requests, storageRequests } = await prepare(context);
    expect(await run()).toMatchObject({ name: SMALL, reason: "hub" });
    expect(notices[0]).toMatch(/^downloading meta\.llama3-2-1b\S+ \(808 MB, Llama 3\.2 Community License\)/u);
    expect(notices[1]).toMatch(/SmolLM2.* stands in .*wrong bytes.*often wrong.*cria setup --model default/u);
    expect(await findWeights(BEST, { home, env: { HOME: "/nowhere" } })).toBeUndefined();
    expect(await readSettings(home)).toEqual({ model: SMALL });

    const [asked, fetched] = [requests.length, storageRequests.length];
    expect(await run()).toMatchObject({ name: SMALL, reason: "settings" });
    expect([requests.length, storageRequests.length]).toEqual([asked, fetched]);
    expect(notices).toHaveLength(2);
  });

  it.for([
    ["refuses", { hub: [answers(401)] }, /HTTP status 401/u],
    ["has another file", { sums: { [BEST_FILE]: "0".repeat(64) } }, /has another file/u],
  ] as const)("is the small model if the hub %s", async ([, options, why], context) => {
    const { run, home, notices } = await prepare(context, options);
    expect(await run()).toMatchObject({ name: SMALL, reason: "hub" });
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(why);
    expect(await readSettings(home)).toEqual({ model: SMALL });
  });

  it("is the small model in CI and with the option, which later runs don't remember", async (context) => {
    const { run, home, env, notices, requests } = await prepare(context);
    expect(await run({ small: true })).toMatchObject({ name: SMALL, reason: "option" });
    expect(notices).toEqual([]);
    expect(await run({ env: { ...env, CI: "true" } })).toMatchObject({ name: SMALL, reason: "ci" });
    expect(await readSettings(home)).toEqual({});
    expect(requests).toHaveLength(1);
    expect((await currentStandIn({ home, env }))?.reason).toBe("kept");
  });

  it("is the small model once the download is given up, and its bytes are kept", async (context) => {
    const { run, home, notices } = await prepare(context, {
      storage: [stallAfter(100_000), whole],
    });
    const downloads: StandInDownload[] = [];
    const onDownload = (download: StandInDownload) => {
      downloads.push(download);
      setTimeout(download.giveUp, 300);
    };
    expect(await run({ onDownload })).toMatchObject({ name: SMALL });
    expect(downloads).toMatchObject([{ name: BEST, license: "Llama 3.2 Community License" }]);
    await downloads[0]?.ended;
    expect(notices.at(-1)).toContain("its download was stopped");
    const part = join(home, "models/meta.llama3-2-1b-instruct-v1-0/Q4_K_M", `${BEST_FILE}.part`);
    expect((await readFile(part)).length).toBe(100_000);
  });

  it("isn't fetched any further when other work fails, or the caller aborts", async (context) => {
    const { run, home } = await prepare(context, { storage: [stallAfter(100_000)] });
    const meanwhile = () => Promise.reject(new Error("no engine for this machine"));
    await expect(run({ meanwhile })).rejects.toThrow("no engine for this machine");
    await expect(run({ signal: AbortSignal.timeout(300) })).rejects.toThrow(/timeout/iu);
    expect(await readSettings(home)).toEqual({});
  });
});

describe("a stand-in that is chosen", () => {
  it("is fetched, or fails and changes nothing", async (context) => {
    const { set, run, home } = await prepare(context);
    await expect(set("default")).rejects.toThrow(ModelUnavailableError);
    expect(await readSettings(home)).toEqual({});
    await set(smallStandIn);
    expect(await readSettings(home)).toEqual({ model: SMALL });
    expect(await run()).toMatchObject({ name: SMALL, reason: "settings" });
  });

  it("may be a model's weights that are here, which serve that model as well", async (context) => {
    const { set, run, home, env, requests } = await prepare(context);
    const folder = join(home, "models/meta.llama3-2-1b-instruct-v1-0/imported");
    await mkdir(folder, { recursive: true });
    const path = await put(folder, "m.gguf", claimingGguf("llama-3", LLAMA_3_2_1B));
    const { addModel } = await import("../../../src/models/index.js");
    await addModel(path, BEST, { home });
    const named = standInNamed(BEST);
    if (!named) throw new Error("no such model");
    expect((await set(named)).path).toBe(path);
    expect(await run()).toMatchObject({ name: BEST, reason: "settings", path });
    expect((await findWeights(BEST, { home, env }))?.path).toBe(path);
    expect(requests).toEqual([]);
  });

  it("may be a file, which is checked when it's chosen and when it's used", async (context) => {
    const { set, run, home } = await prepare(context);
    const path = await put(home, "mine.gguf", claimingGguf("llama-3", LLAMA_3_2_1B));
    await set({ kind: "file", path });
    expect(await run()).toMatchObject({ name: path, path });
    await writeFile(path, "not a model");
    await expect(run()).rejects.toThrow(ModelFileError);
    await expect(set({ kind: "file", path })).rejects.toThrow(ModelFileError);
  });

  it("must be a model: settings that name none are refused, and can be replaced", async (context) => {
    const { set, run, home } = await prepare(context);
    await writeFile(join(home, "settings.json"), '{ "model": "nonsense" }');
    await expect(run()).rejects.toThrow(SettingsError);
    await set(smallStandIn);
    expect(await run()).toMatchObject({ name: SMALL });
  });
});
