import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import {
  type BedrockSettings,
  type ConfigProblem,
  type ConfigSettings,
  type ModelSettings,
  pointerTo,
  type ReadConfig,
  type UpstreamSettings,
} from "../../config/index.js";
import { certificatesProblem, errorCode } from "../../platform/index.js";
import type { BedrockUpstream, ServeOptions, UpstreamServer } from "../../server/index.js";
import { byteSize, defined, keyIn } from "../option-values.js";

/** Where a configuration is used. */
export interface Here {
  /** The folder of the file: relative paths start there. Absolute. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Those of one model. */
type AskedUpstreams = NonNullable<ServeOptions["upstreams"]>[string];

/** A configuration as `serve()` takes it. */
export interface ConfigOptions {
  readonly options: ServeOptions;
  /** Variables and files that aren't here; `options` are without them. */
  readonly problems: readonly ConfigProblem[];
  /** The files with keys and certificates that were read, or weren't there. Absolute. */
  readonly files: readonly string[];
}

/** Makes options of settings, and reads the keys and certificates that these name. */
export async function toOptions(
  settings: ConfigSettings,
  place: ReadConfig["place"],
  { folder, env }: Here,
): Promise<ConfigOptions> {
  const problems: ConfigProblem[] = [];
  const files: string[] = [];
  const report = (pointer: string, message: string): void => {
    problems.push({ ...place(pointer), message });
  };
  const path = (file: string | undefined) => file && resolve(folder, file);

  const read = async (file: string, pointer: string): Promise<string | undefined> => {
    files.push(resolve(folder, file));
    try {
      return await readFile(resolve(folder, file), "utf8");
    } catch (error) {
      report(pointer, `${resolve(folder, file)} can't be read (${errorCode(error)}).`);
      return undefined;
    }
  };

  const keyOf = async (
    keyEnv: string | undefined,
    keyFile: string | undefined,
    pointer: string,
  ): Promise<string | undefined> => {
    if (keyEnv !== undefined) {
      const text = env[keyEnv] ?? "";
      const key = keyIn(text);
      if (text.trim() === "") report(`${pointer}/keyEnv`, `The variable ${keyEnv} is empty or not set.`);
      else if (key === undefined)
        report(`${pointer}/keyEnv`, `${keyEnv} must hold the key and nothing else.`);
      return key;
    }
    if (keyFile === undefined) return undefined;
    const text = await read(keyFile, `${pointer}/keyFile`);
    const key = text === undefined ? undefined : keyIn(text);
    if (text !== undefined && key === undefined)
      report(`${pointer}/keyFile`, `${resolve(folder, keyFile)} must hold the key and nothing else.`);
    return key;
  };

  const upstream = async (
    each: UpstreamSettings,
    pointer: string,
  ): Promise<UpstreamServer | BedrockUpstream> => {
    const caFile = path(each.caFile);
    if (caFile !== undefined) {
      const pem = await read(caFile, `${pointer}/caFile`);
      const problem = pem === undefined ? undefined : certificatesProblem(pem);
      if (problem !== undefined) report(`${pointer}/caFile`, `${caFile} ${problem}.`);
    }
    if (isBedrock(each)) return { ...each, ...(caFile !== undefined && { caFile }) };
    const { keyEnv, keyFile, ...server } = each;
    const key = await keyOf(keyEnv, keyFile, pointer);
    return { ...server, ...(caFile !== undefined && { caFile }), ...(key !== undefined && { key }) };
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
    if (cert === undefined || key === undefined) return undefined;
    // loaded late: a file without TLS needs nothing of the server to be checked
    const { CertificateError, checkIdentity } = await import("../../server/index.js");
    try {
      checkIdentity({ cert, key });
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      report("/listen/tls", error.message);
    }
    return { cert, key };
  };

  const { models = {}, listen = {}, keysFile, modelFile, memoryBudget, metrics, traces } = settings;
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
