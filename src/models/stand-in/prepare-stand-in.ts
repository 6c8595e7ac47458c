import { bothOrNone, fileSize, formatBytes, freeBytes, machineMemory } from "../../platform/index.js";
import {
  changeSettings,
  criaHome,
  DiskFullError,
  keepChoice,
  makeFolder,
  type OnProgress,
  readSettings,
  SettingsError,
  settingsFile,
} from "../../store/index.js";
import { smallModel, STAND_IN_ID } from "../catalogue/index.js";
import { ModelMismatchError, ModelUnavailableError } from "../errors.js";
import type { DownloadLimits } from "../fetch/index.js";
import { findWeights } from "../local/index.js";
import { modelPath } from "../model-paths.js";
import {
  bestThatFits,
  chooseStandIn,
  settledStandIn,
  type StandInChoice,
  type StandInFacts,
  type StandInReason,
  whyChosen,
} from "./choose-stand-in.js";
import { fetchStandIn, findStandIn, whyNotOnHub } from "./stand-in-file.js";
import { downloadOf, nameOf, SMALL, type StandIn, standInNamed } from "./stand-in.js";

/** Options of {@link prepareStandIn}. */
export interface StandInOptions {
  /** Whether the small model is to stand in, whatever was chosen. @default false */
  readonly small?: boolean | undefined;
  /** @default criaHome(env) */
  readonly home?: string | undefined;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Called with sentences for the user: what is downloaded, and why the small model stands in. */
  readonly onNotice?: ((sentence: string) => void) | undefined;
  /** Called when a model better than the small one begins to be downloaded unasked. */
  readonly onDownload?: ((download: StandInDownload) => void) | undefined;
  /** Other work, to do while a model is downloaded. If it fails, the download ends. @default nothing */
  readonly meanwhile?: ((signal: AbortSignal) => Promise<unknown>) | undefined;
  /** The command that fetches the file, for error messages. @default "cria setup" */
  readonly command?: string | undefined;
  /** @default DOWNLOAD_LIMITS */
  readonly limits?: DownloadLimits | undefined;
  /** Facts to use in place of this machine's, for tests. */
  readonly facts?: Partial<StandInFacts> | undefined;
}

/** A stand-in that is being downloaded, and can be given up. */
export interface StandInDownload {
  /** Its name, such as `meta.llama3-2-1b-instruct-v1:0`. */
  readonly name: string;
  /** The size of the whole download. */
  readonly bytes: number;
  /** Its licence: an SPDX identifier, or the name that its authors gave it. */
  readonly license: string;
  /** Gives it up: the small model is downloaded instead and stands in from now on. What is here already is kept. */
  readonly giveUp: () => void;
  /** Resolves once it's complete, has failed or was given up. */
  readonly ended: Promise<void>;
}

/** A stand-in whose file is here. */
export interface PreparedStandIn {
  readonly choice: StandInChoice;
  /** The absolute path of its file. */
  readonly path: string;
}

/** What gets a better stand-in than the small one. */
const BETTER = "`cria setup --model default` gets a better one";

const SMALL_NAMED = `${smallModel.name} (${formatBytes(smallModel.bytes)}, ${smallModel.license})`;

/**
 * Chooses the stand-in of a home, and downloads its file if it isn't here. What was chosen unasked is kept in the settings, so that the
 * next start asks no network. If a better model can't be downloaded, the small one stands in.
 *
 * @throws {SettingsError} the settings can't be read, or name no model.
 * @throws {ModelUnavailableError} the small model can't be fetched either.
 * @throws {ModelFileError} the settings name a file, and it isn't a model any more.
 * @throws {DiskFullError} {@link HomeNotWritableError} the file can't be written.
 * @throws what `meanwhile` throws
 * @throws `signal.reason` if aborted
 */
export async function prepareStandIn(options: StandInOptions = {}): Promise<PreparedStandIn> {
  const all = withDefaults(options);
  all.signal.throwIfAborted();
  const choice = await chooseStandIn(await factsOf(all));
  const path = await findStandIn(choice.standIn, all);
  if (path !== undefined) {
    if (!QUIET.has(choice.reason) && !OF_THIS_RUN.has(choice.reason)) await remember(choice, all.home);
    return { choice, path };
  }
  const prepareFile = choice.standIn === SMALL ? prepareSmall : prepareOrFallBack;
  const { meanwhile = () => Promise.resolve() } = all;
  const [prepared] = await bothOrNone(
    all.signal,
    (signal) => prepareFile(choice, { ...all, signal }),
    meanwhile,
  );
  return prepared;
}

/**
 * The stand-in that is chosen already for a home; undefined if the next start chooses it. Asks no network.
 *
 * @throws {SettingsError} the settings can't be read, or name no model.
 */
export async function currentStandIn(
  options: Pick<StandInOptions, "small" | "home" | "env" | "facts"> = {},
): Promise<StandInChoice | undefined> {
  return settledStandIn(await factsOf(withDefaults(options)));
}

/**
 * Makes a model the stand-in of a home, from now on. Its file is downloaded if it isn't here; a failure changes nothing.
 *
 * @param standIn - "default" for the best one for which this machine has room
 * @throws {ModelUnavailableError} {@link ModelMismatchError} {@link ModelFileError} the model can't be had.
 * @throws {DiskFullError} {@link HomeNotWritableError} its file, or the settings, can't be written.
 * @throws `signal.reason` if aborted
 */
export async function setStandIn(
  standIn: StandIn | "default",
  options: StandInOptions = {},
): Promise<PreparedStandIn> {
  const all = withDefaults({ ...options, command: "cria setup" });
  const choice: StandInChoice =
    standIn === "default"
      ? await bestThatFits(await factsOf({ ...all, small: true }))
      : { standIn, reason: "settings", detail: "" };
  if (choice.reason === "disk" || choice.reason === "memory")
    all.onNotice(`${nameOf(choice.standIn)} is the best that fits, since ${whyChosen(choice)}.`);
  let path = await findStandIn(choice.standIn, all);
  if (path === undefined) {
    all.onNotice(downloadNotice(choice.standIn));
    path = await fetchStandIn(choice.standIn, all);
  }
  await changeSettings(all.home, { model: nameOf(choice.standIn) });
  return { choice, path };
}

/** {@link StandInOptions} with their defaults. */
type Options = ReturnType<typeof withDefaults>;

function withDefaults(options: StandInOptions) {
  const { env = process.env, home = criaHome(env), signal = new AbortController().signal } = options;
  const { onNotice = () => undefined } = options;
  return { ...options, env, home, signal, onNotice };
}

/** Reasons for the small model after which nobody must be told: it was asked for, or is nothing new. */
const QUIET: ReadonlySet<StandInReason> = new Set(["option", "settings", "kept"]);

/** Reasons that say nothing about later runs in the same home. */
const OF_THIS_RUN: ReadonlySet<StandInReason> = new Set(["option", "ci"]);

async function prepareSmall(choice: StandInChoice, options: Options): Promise<PreparedStandIn> {
  if (!QUIET.has(choice.reason)) {
    options.onNotice(
      `${SMALL_NAMED} stands in for Llama, since ${whyChosen(choice)}. Its answers are often wrong; ${BETTER}.`,
    );
  }
  const path = await fetchStandIn(SMALL, options);
  if (!OF_THIS_RUN.has(choice.reason)) await remember(choice, options.home);
  return { choice, path };
}

async function prepareOrFallBack(choice: StandInChoice, options: Options): Promise<PreparedStandIn> {
  const { home, signal, onNotice } = options;
  onNotice(downloadNotice(choice.standIn));
  const skip = new AbortController();
  const fetching = fetchStandIn(choice.standIn, {
    ...options,
    signal: AbortSignal.any([signal, skip.signal]),
  });
  offerToGiveUp(choice.standIn, fetching, skip, options);
  try {
    const path = await fetching;
    await remember(choice, home);
    return { choice, path };
  } catch (error) {
    signal.throwIfAborted();
    const detail = skip.signal.aborted ? "its download was stopped" : failure(error);
    if (detail === undefined) throw error;
    const chosenBefore = choice.reason === "settings";
    onNotice(
      `${SMALL_NAMED} stands in for Llama, not ${nameOf(choice.standIn)}: ${detail}. The small model's answers are often wrong; ` +
        (chosenBefore
          ? "the next run tries the other one again."
          : `${BETTER}, and goes on with what is here.`),
    );
    const small: StandInChoice = { standIn: SMALL, reason: "hub", detail };
    const path = await fetchStandIn(SMALL, options);
    if (!chosenBefore) await remember(small, home);
    return { choice: small, path };
  }
}

/** Tells the caller of a download, and how to give it up. */
function offerToGiveUp(
  standIn: StandIn,
  fetching: Promise<unknown>,
  skip: AbortController,
  { onDownload }: Options,
): void {
  const ended = fetching.then(
    () => undefined,
    () => undefined,
  );
  const { bytes = 0, license = "" } = downloadOf(standIn) ?? {};
  onDownload?.({
    name: nameOf(standIn),
    bytes,
    license,
    giveUp: () => skip.abort(new Error("The download was given up.")),
    ended,
  });
}

/** Why a model can't be had, where the small one may do instead; undefined for other errors. */
function failure(error: unknown): string | undefined {
  const messageOf = (what: unknown) => (what instanceof Error ? what.message : String(what));
  if (error instanceof ModelUnavailableError) {
    return error.failures.map((each) => `${each.source} ${messageOf(each.error)}`).join("; ");
  }
  const known = error instanceof DiskFullError || error instanceof ModelMismatchError;
  return known ? messageOf(error).replace(/\.$/u, "") : undefined;
}

function downloadNotice(standIn: StandIn): string {
  const { bytes = 0, license = "" } = downloadOf(standIn) ?? {};
  return (
    `downloading ${nameOf(standIn)} (${formatBytes(bytes)}, ${license}), once. ` +
    "It answers in place of the models whose weights aren't on this machine."
  );
}

/** Keeps a choice in the settings, unless somebody chose meanwhile. */
async function remember({ standIn }: StandInChoice, home: string): Promise<void> {
  await keepChoice(home, ({ model = nameOf(standIn) }) => ({ model }));
}

async function factsOf({ small = false, home, env, signal, facts }: Options): Promise<StandInFacts> {
  return {
    small,
    chosen: small ? undefined : await chosenIn(home),
    ci: !["", "0", "false", undefined].includes(env["CI"]),
    smallIsHere: async () => (await fileSize(modelPath(smallModel, home))) === smallModel.bytes,
    bestIsHere: async () => (await findWeights(STAND_IN_ID, { home, env })) !== undefined,
    memoryBytes: machineMemory(),
    freeBytes: async () => {
      await makeFolder(home).catch(() => undefined);
      return freeBytes(home);
    },
    hubProblem: async (standIn) => {
      // a home that was copied to a machine without a network
      if ((await findStandIn(standIn, { home, env, signal })) !== undefined) return undefined;
      return whyNotOnHub(standIn, { env, signal });
    },
    ...facts,
  };
}

/** @throws {SettingsError} the settings can't be read, or name no model. */
async function chosenIn(home: string): Promise<StandIn | undefined> {
  const { model } = await readSettings(home);
  if (model === undefined) return undefined;
  const standIn = standInNamed(model);
  if (standIn === undefined)
    throw new SettingsError(settingsFile(home), `names ${JSON.stringify(model)} as "model", which is none`);
  return standIn;
}
