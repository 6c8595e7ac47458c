import {
  changeSettings,
  criaHome,
  DiskFullError,
  keepChoice,
  readSettings,
  type Settings,
  SettingsError,
  settingsFile,
} from "../../../store/index.js";
import { EngineInstallError, EnginePlatformError, GpuUnavailableError } from "../../errors.js";
import {
  buildByVariable,
  buildsFor,
  type Choice,
  choicesFor,
  findGpuLibraries,
  GPU_SETTINGS,
  type GpuSetting,
  installBuild,
  type InstallOptions,
  isInstalled,
  type LlamaCppRuntime,
  localFacts,
  runtimeOf,
  thisMachine,
} from "../install/index.js";
import { askDevices } from "../parent/index.js";
import { type EngineDevices, gpuOfBuild } from "../protocol.js";

/** The engine's program files, and how to use them. */
export interface EngineRuntime extends LlamaCppRuntime {
  /** Whether to compute on the GPU that the build is for. */
  readonly useGpu: boolean;
  /** Whether the build's device is one that the processor imitates. */
  readonly software: boolean;
  /** Why this build, as the end of a sentence that begins with it. */
  readonly why: string;
  /**
   * Chooses the build for the processor alone, and keeps that choice; absent where the user chose, and where there is no other.
   *
   * @param reason - why the build can't be used, as a clause
   */
  readonly fallBack?: (reason: string) => Promise<void>;
}

export interface EnsureLlamaCppRuntimeOptions extends InstallOptions {
  /** Called with sentences about the choice of the build. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

/**
 * The engine's program files. What is missing is fetched; a home that has made its choice isn't asked again, so that this takes one read of
 * a small file.
 *
 * The build is that of `CRIA_ENGINE_PACKAGE`, or the one that `cria setup` chose for this home, or the one for the processor that a home
 * from before that choice has, or the best one for this machine.
 *
 * @throws {EnginePlatformError} there is no build for this machine
 * @throws {GpuUnavailableError} the home's setting names a GPU API that can't be used here
 * @throws {SettingsError} the home's settings can't be read, or name something else
 * @throws {EngineInstallError} {@link DiskFullError} {@link HomeNotWritableError} the files can't be fetched or written
 * @throws `signal.reason` once aborted
 */
export async function ensureLlamaCppRuntime(
  options: EnsureLlamaCppRuntimeOptions = {},
): Promise<EngineRuntime> {
  const { env = process.env, home = criaHome(env) } = options;
  const kept = await keptRuntime(env, home);
  if (kept === undefined) return decide(options, await gpuSetting(home));
  await installBuild(kept.build, options);
  return kept.fallBack === undefined ? kept : { ...kept, fallBack: fallBackOf(kept, options) };
}

/**
 * Chooses the build anew, fetches it, tries whether it can be loaded, and keeps the choice in the home.
 *
 * @param gpu - @default the home's setting
 * @throws what {@link ensureLlamaCppRuntime} does
 */
export async function setUpEngine(
  gpu: GpuSetting | undefined,
  options: EnsureLlamaCppRuntimeOptions = {},
): Promise<EngineRuntime> {
  const { env = process.env, home = criaHome(env) } = options;
  const byVariable = buildByVariable(env);
  if (byVariable !== undefined) {
    if (gpu !== undefined) await changeSettings(home, { gpu, build: undefined, device: undefined });
    return ensureLlamaCppRuntime(options);
  }
  return decide(options, gpu ?? (await gpuSetting(home)), gpu);
}

/**
 * The runtime that a home has chosen, whether its files are there or not; undefined if it hasn't chosen.
 *
 * @throws {EnginePlatformError} {@link SettingsError}
 */
export async function keptRuntime(env: NodeJS.ProcessEnv, home: string): Promise<EngineRuntime | undefined> {
  const use = (build: string, why: string, more: Partial<EngineRuntime> = {}): EngineRuntime => {
    const useGpu = gpuOfBuild(build) !== false;
    return { ...runtimeOf(build, home), useGpu, software: false, why, ...more };
  };
  const byVariable = buildByVariable(env);
  if (byVariable !== undefined) return use(byVariable, "CRIA_ENGINE_PACKAGE names it");
  const builds = buildsFor(thisMachine());
  const settings = await readSettings(home);
  const asked = checkSetting(settings, home);
  const { build } = settings;
  if (build !== undefined && builds.includes(build)) {
    if (asked === "none") return use(build, "this home was set up with `--gpu none`", { useGpu: false });
    if (asked !== "auto") {
      const software = settings.device === "software";
      return use(build, `this home was set up with \`--gpu ${asked}\``, { software });
    }
    const why = "`cria setup` or the first start chose it for this machine";
    // whoever calls completes it
    return use(build, why, build === builds[0] ? {} : { fallBack: () => Promise.resolve() });
  }
  if (builds.length === 1) {
    return use(builds[0], "it is the only build for this machine", asked === "none" ? { useGpu: false } : {});
  }
  const plain = use(builds[0], "it was installed before there was a choice; `cria setup` chooses anew");
  return settings.gpu === undefined && (await isInstalled(plain)) ? plain : undefined;
}

async function gpuSetting(home: string): Promise<GpuSetting> {
  return checkSetting(await readSettings(home), home);
}

function checkSetting({ gpu = "auto" }: Settings, home: string): GpuSetting {
  const known = GPU_SETTINGS.find((setting) => setting === gpu);
  if (known !== undefined) return known;
  throw new SettingsError(
    settingsFile(home),
    `has the "gpu" ${JSON.stringify(gpu)}; it can be ${GPU_SETTINGS.join(", ")}`,
  );
}

/** Tries the builds in turn, and keeps the first that can be used. @param told - what the user said, to be kept too */
async function decide(
  options: EnsureLlamaCppRuntimeOptions,
  asked: GpuSetting,
  told?: GpuSetting,
): Promise<EngineRuntime> {
  const { env = process.env, home = criaHome(env), onNotice = () => undefined } = options;
  const machine = thisMachine();
  const choices = choicesFor(asked, machine, findGpuLibraries(localFacts(env)));
  let failure = "";
  for (const choice of choices) {
    const isLast = choice === choices.at(-1);
    const tried = await (isLast
      ? tryBuild(choice, asked, options)
      : tryBuild(choice, asked, options).catch(whyNotFetched));
    if (typeof tried === "string") {
      failure = tried;
      if (!isLast)
        onNotice(`The engine's build ${choice.build} can't be used here: ${tried}. Trying the next one.`);
      continue;
    }
    const { runtime, software } = tried;
    const made = { build: choice.build, device: software ? "software" : undefined };
    if (told !== undefined) await changeSettings(home, { gpu: told, ...made });
    // `cria setup --gpu` may have chosen meanwhile
    else await keepChoice(home, ({ gpu = "auto" }) => (gpu === asked ? made : {}));
    onNotice(describeChoice(choice, tried.devices, software, failure));
    const chosen: EngineRuntime = {
      ...runtime,
      useGpu: asked !== "none" && gpuOfBuild(choice.build) !== false,
      software,
      why: choice.why,
    };
    return asked === "auto" && !isLast ? { ...chosen, fallBack: fallBackOf(chosen, options) } : chosen;
  }
  throw new GpuUnavailableError(asked, failure, "Type `cria setup --gpu auto` or `--gpu none`.");
}

/**
 * Why a build can't be had while there is another one to try: a mirror may lack it, or the disk the room for it.
 *
 * @returns a clause
 * @throws what says nothing about this build
 */
function whyNotFetched(error: unknown): string {
  const known = [EngineInstallError, EnginePlatformError, DiskFullError].some(
    (each) => error instanceof each,
  );
  if (!known || !(error instanceof Error)) throw error;
  return withoutEnd(error.message);
}

interface Tried {
  readonly runtime: LlamaCppRuntime;
  readonly devices: EngineDevices | undefined;
  readonly software: boolean;
}

/** Fetches a build and loads it in a process of its own. @returns why it can't be used, as a clause */
async function tryBuild(
  { build }: Choice,
  asked: GpuSetting,
  options: EnsureLlamaCppRuntimeOptions,
): Promise<Tried | string> {
  const { env = process.env, home = criaHome(env), signal } = options;
  const wasHere = await isInstalled(runtimeOf(build, home));
  let runtime = await installBuild(build, options);
  const gpu = asked === "none" ? false : gpuOfBuild(build);
  const ask = (software: boolean) => askDevices({ addonFile: runtime.addon, gpu, software }, { signal });
  // a build for the processor that was just fetched needs no proof
  if (gpu === false && !wasHere) return { runtime, devices: undefined, software: false };
  let devices = await ask(false);
  if (typeof devices === "string" && wasHere) {
    runtime = await installBuild(build, options, true);
    devices = await ask(false);
  }
  if (gpu === false || build.endsWith("-metal")) {
    // there is nothing else to fall back to: what is wrong is said when a model is loaded
    return { runtime, devices: typeof devices === "string" ? undefined : devices, software: false };
  }
  if (typeof devices === "string") return devices;
  if (devices.names.length > 0) return { runtime, devices, software: false };
  const imitated = asked === "vulkan" ? await ask(true) : "";
  if (typeof imitated !== "string" && imitated.names.length > 0) {
    return { runtime, devices: imitated, software: true };
  }
  return `its driver for ${gpu} names no GPU`;
}

function describeChoice(
  { build, why }: Choice,
  devices: EngineDevices | undefined,
  software: boolean,
  failure: string,
): string {
  const names = devices?.names.join(", ") ?? "";
  if (software) {
    return `The engine computes on ${names}, a Vulkan device that the processor imitates: slower than \`--gpu none\`.`;
  }
  if (names !== "") return `The engine computes on ${names} (${build}).`;
  return `The engine computes on the processor (${build}): ${failure === "" ? why : "no GPU can be used"}.`;
}

function fallBackOf({ build }: LlamaCppRuntime, options: EnsureLlamaCppRuntimeOptions) {
  const { env = process.env, home = criaHome(env), onNotice = () => undefined } = options;
  return async (reason: string): Promise<void> => {
    const [plain] = buildsFor(thisMachine());
    // first, since the other build may have to be fetched, which may fail
    onNotice(
      `The engine's build ${build} can't be used here: ${withoutEnd(reason)}. From now on the processor computes (${plain}); \`cria setup\` tries the GPU again.`,
    );
    await installBuild(plain, options);
    await keepChoice(home, { build: plain, device: undefined });
  };
}

function withoutEnd(sentence: string): string {
  return sentence.replace(/[.\s]+$/u, "");
}
