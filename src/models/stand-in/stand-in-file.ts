import {
  chooseQuantization,
  ensureModelFile,
  findModelFile,
  hubProblem,
  type PullOptions,
  pullWeights,
} from "../fetch/index.js";
import { checkModelFile } from "../gguf/index.js";
import { findWeights } from "../local/index.js";
import { weightEntries } from "../model-paths.js";
import type { StandIn } from "./stand-in.js";

/** Where a stand-in's file is looked for. */
export interface Place {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/**
 * The path of a stand-in's file, if it is here and what it should be; undefined if it must be fetched.
 *
 * @throws {ModelFileError} it's a file of the user's, and isn't a model.
 * @throws `signal.reason` if aborted
 */
export async function findStandIn(
  standIn: StandIn,
  { home, env, signal }: Place,
): Promise<string | undefined> {
  switch (standIn.kind) {
    case "entry":
      return findModelFile(standIn.entry, home, signal);
    case "weights":
      return (await findWeights(standIn.weights.modelId, { home, env }))?.path;
    case "file":
      await checkModelFile(standIn.path);
      return standIn.path;
  }
}

/**
 * Fetches a stand-in's file. The weights of a Bedrock model are then registered as that model's.
 *
 * @returns its absolute path
 * @throws {ModelUnavailableError} {@link ModelMismatchError} {@link DiskFullError} {@link HomeNotWritableError} it can't be had.
 * @throws `signal.reason` if aborted
 */
export async function fetchStandIn(standIn: StandIn, options: PullOptions): Promise<string> {
  switch (standIn.kind) {
    case "entry":
      return ensureModelFile(standIn.entry, options);
    case "weights":
      return (await pullWeights(standIn.weights.modelId, options)).path;
    case "file":
      return standIn.path;
  }
}

/** Why the hub doesn't give a stand-in's file, as the end of a sentence; undefined if it does. It's asked, within seconds. */
export async function whyNotOnHub(
  standIn: StandIn,
  { env, signal }: Omit<Place, "home">,
): Promise<string | undefined> {
  if (standIn.kind === "file") return undefined;
  const [entry] =
    standIn.kind === "entry"
      ? [standIn.entry]
      : weightEntries(standIn.weights, chooseQuantization(standIn.weights));
  return entry && hubProblem(entry, { env, signal });
}
