import { resolve } from "node:path";

import {
  type BedrockSettings,
  type ConfigSettings,
  type ModelSettings,
  pointerTo,
  type UpstreamSettings,
} from "../../config/index.js";
import { certificatesProblem } from "../../platform/index.js";
import type { BedrockUpstream, ServeOptions, UpstreamServer } from "../../server/index.js";
import { byteSize, defined, keyIn } from "../option-values.js";
import { missingFile, type NamedFile, type NamedProblem, readNamed, variableProblem } from "./files-here.js";

/** Where a configuration is used. */
export interface Here {
  /** The folder of the file: relative paths start there. Absolute. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Those of one model. */
type AskedUpstreams = NonNullable<ServeOptions["upstreams"]>[string];

/** Something wrong with what a setting names. */
export interface HereProblem extends NamedProblem {
  /** The setting, as a JSON pointer. */
  readonly pointer: string;
}

/** A configuration as `serve()` takes it. */
export interface ConfigOptions {
  /** Without what can't be used. */
  readonly options: ServeOptions;
  /** What is wrong with the variables and files that it names. */
  readonly problems: readonly HereProblem[];
  /** The files with keys and certificates that were read, or weren't there. Absolute. */
  readonly files: readonly string[];
}

/** Makes options of settings, and reads the keys and certificates that these name. */
export async function toOptions(settings: ConfigSettings, { folder, env }: Here): Promise<ConfigOptions> {
  const problems: HereProblem[] = [];
  const files: string[] = [];
  const report = (pointer: string, problem: NamedProblem | string): void => {
    problems.push({
      pointer,
      ...(typeof problem === "string" ? { message: problem, isAbsent: false } : problem),
    });
  };
  const named = (name: string): NamedFile => ({ name, path: resolve(folder, name) });
  const path = (file: string | undefined) => file && named(file).path;

  const read = async (file: string, pointer: string): Promise<string | undefined> => {
    files.push(named(file).path);
    const text = await readNamed(named(file));
    if (typeof text === "string") return text;
    report(pointer, text);
    return undefined;
  };

  /** The key that a variable or a file holds. */
  const keyOf = async (
    keyEnv: string | undefined,
    keyFile: string | undefined,
    pointer: string,
  ): Promise<string | undefined> => {
    if (keyEnv !== undefined) {
      const text = env[keyEnv] ?? "";
      const key = keyIn(text);
      if (text.trim() === "") report(`${pointer}/keyEnv`, variableProblem(keyEnv, "empty"));
      else if (key === undefined) report(`${pointer}/keyEnv`, variableProblem(keyEnv, "unfit"));
      return key;
    }
    if (keyFile === undefined) return undefined;
    const text = await read(keyFile, `${pointer}/keyFile`);
    const key = text === undefined ? undefined : keyIn(text);
    if (text !== undefined && key === undefined)
      report(
        `${pointer}/keyFile`,
        `${named(keyFile).path} must hold the key and nothing else: visible characters of ASCII, without spaces.`,
      );
    return key;
  };

  /** A file of certificates that can be used. */
  const certificates = async (file: string | undefined, pointer: string): Promise<string | undefined> => {
    const pem = file === undefined ? undefined : await read(file, pointer);
    if (file === undefined || pem === undefined) return undefined;
    const problem = certificatesProblem(pem);
    if (problem === undefined) return named(file).path;
    report(
      pointer,
      `${named(file).path} ${problem}. Write the certificates into it in PEM, or name another file.`,
    );
    return undefined;
  };

  const upstream = async (
    each: UpstreamSettings,
    pointer: string,
  ): Promise<UpstreamServer | BedrockUpstream> => {
    const caFile = await certificates(each.caFile, `${pointer}/caFile`);
    if (isBedrock(each)) return defined({ ...each, caFile }) as BedrockUpstream;
    const { keyEnv, keyFile, ...server } = each;
    const key = await keyOf(keyEnv, keyFile, pointer);
    return defined({ ...server, caFile, key }) as UpstreamServer;
  };

  const model = async ([id, asked]: [string, ModelSettings]): Promise<[string, AskedUpstreams]> => {
    const pointer = pointerTo("/models", id);
    if (asked.upstream) return [id, await upstream(asked.upstream, `${pointer}/upstream`)];
    const list = (asked.upstreams ?? []).map((each, i) => upstream(each, `${pointer}/upstreams/${i}`));
    return [id, await Promise.all(list)];
  };

  const tls = async (): Promise<ServeOptions["tls"]> => {
    const asked = settings.listen?.tls;
    if (asked === undefined || asked === "self-signed") return asked;
    const [cert, key] = await Promise.all([
      read(asked.certFile, "/listen/tls/certFile"),
      read(asked.keyFile, "/listen/tls/keyFile"),
    ]);
    // whether they belong together is what the server checks
    return cert === undefined || key === undefined ? undefined : { cert, key };
  };

  const { models = {}, listen = {}, keysFile, modelFile, memoryBudget, metrics, traces } = settings;
  if (keysFile !== undefined) {
    const problem = await missingFile(named(keysFile));
    if (problem?.isSecret) report("/keysFile", problem);
  }
  const { auth = keysFile === undefined ? undefined : "keys" } = settings;
  const { allowHosts, allowOrigins, modelMap, strict, strictIds, limits } = settings;
  const { as, small, preload, sequences, contextSize, kvCacheType, threads } = settings;
  const options: ServeOptions = {
    ...{ auth, allowHosts, allowOrigins, modelMap, strict, strictIds, limits },
    ...{ as, small, preload, sequences, contextSize, kvCacheType, threads },
    keysFile: path(keysFile),
    modelFile: path(modelFile),
    host: listen.host,
    port: listen.port,
    tls: await tls(),
    upstreams: Object.fromEntries(await Promise.all(Object.entries(models).map(model))),
    memoryBudget: typeof memoryBudget === "string" ? byteSize(memoryBudget) : memoryBudget,
    metrics: metrics === false ? undefined : metrics,
    traces: traces === false ? undefined : traces,
  };
  return { options: defined(options), problems, files };
}

function isBedrock(upstream: UpstreamSettings): upstream is BedrockSettings {
  return "bedrock" in upstream;
}
