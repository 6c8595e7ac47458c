import { inOrder, valueAt } from "../../config/index.js";
import { checkModelFile, ModelFileError } from "../../models/index.js";
import type { ServeOptions } from "../../server/index.js";
import { missingFile } from "./files-here.js";
import { inFileWords } from "./in-file-words.js";
import type { FoundProblem, LoadedConfig } from "./load-config.js";
import { spotsOf } from "./place-error.js";

/** Errors of what isn't here, which may be elsewhere. */
const ABSENT: ReadonlySet<string> = new Set(["MissingPackagesError", "NoKeysError"]);

function isAbsent(error: Error): boolean {
  if (error instanceof ModelFileError) return error.problem === "missing" || error.problem === "unreadable";
  return ABSENT.has(error.name);
}

/** An error of the server as problems of the file, one for each setting that led to it; none if no setting did. */
export function placeError(error: unknown, { settings, place }: LoadedConfig): readonly FoundProblem[] {
  if (!(error instanceof Error)) return [];
  return spotsOf(error, settings).map(({ pointer, part }) => ({
    pointer,
    ...place(pointer, part),
    message: inFileWords(error),
    isAbsent: isAbsent(error),
  }));
}

/**
 * What a server would refuse of a file, besides what is wrong with the variables and files that it reads the file's keys and certificates from. Nothing is
 * started, and nobody is asked.
 *
 * @param leftOut - options that the server wouldn't get
 */
export async function refusedHere(
  loaded: LoadedConfig,
  leftOut: readonly (keyof ServeOptions)[] = [],
): Promise<readonly FoundProblem[]> {
  const options: ServeOptions = {
    ...loaded.options,
    ...Object.fromEntries(leftOut.map((name) => [name, undefined])),
  };
  const { refusals } = await import("../../server/index.js");
  const problems = [...(await refusals(options)), ...(await modelFileErrors(options))];
  const missing = await missingKeysFile(loaded, options);
  const found = problems.flatMap((error) => placeError(error, loaded));
  // that there are no keys in a file that isn't there needn't be said
  return oncePerSetting([...missing, ...found]);
}

/** The first problem of each setting, in the order of the file: others of the same setting follow from it. */
export function oncePerSetting(problems: readonly FoundProblem[]): readonly FoundProblem[] {
  const first = problems.filter(
    ({ pointer }, i) => problems.findIndex((other) => other.pointer === pointer) === i,
  );
  return inOrder(first);
}

async function modelFileErrors({ modelFile }: ServeOptions): Promise<readonly Error[]> {
  if (modelFile === undefined) return [];
  try {
    await checkModelFile(modelFile);
    return [];
  } catch (error) {
    return error instanceof Error ? [error] : [];
  }
}

/** A key file of callers needn't be there where keys are in the environment; but whoever names one means it. */
async function missingKeysFile(
  { settings, place }: LoadedConfig,
  { keysFile }: ServeOptions,
): Promise<readonly FoundProblem[]> {
  const name = valueAt(settings, "/keysFile");
  if (keysFile === undefined || typeof name !== "string") return [];
  const problem = await missingFile({ name, path: keysFile });
  if (problem === undefined) return [];
  const advice = problem.isAbsent ? ` \`cria keys create --keys-file ${keysFile}\` makes one.` : "";
  return [{ pointer: "/keysFile", ...place("/keysFile"), ...problem, message: problem.message + advice }];
}
