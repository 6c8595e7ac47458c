import { type ConfigSettings, pointerTo, valueAt } from "../../config/index.js";

/** A setting that led to an error. */
export interface Spot {
  /** A JSON pointer. */
  readonly pointer: string;
  /** Where its place is: of its key, or of its value. @default "value" */
  readonly part?: "key";
}

type Fields = Readonly<Record<string, unknown>>;

/** The settings that lead to each of the server's errors, by its name; those that are in the file count. */
const SPOTS: Readonly<Record<string, (error: Fields, settings: ConfigSettings) => readonly Spot[]>> = {
  CertificateError: () => [at("/listen/tls")],
  EngineUnavailableError: (error) => optionsIn(error),
  EngineLoadError: (error) => [...optionsIn(error), at("/modelFile")],
  InvalidHostError: ({ host }, { allowHosts }) => element("/allowHosts", allowHosts, host),
  InvalidModelMapError: ({ arn }) => [{ pointer: pointerTo("/modelMap", String(arn)), part: "key" }],
  InvalidOriginError: ({ origin }, { allowOrigins }) => element("/allowOrigins", allowOrigins, origin),
  InvalidUpstreamError: upstreamSpots,
  KeyFileError: keySpots,
  ListenError: listenSpots,
  MissingPackagesError: () => [at("/traces")],
  ModelFileError: () => [at("/modelFile")],
  NoKeysError: keySpots,
  PortInUseError: (error, settings) =>
    listenSpots(error, settings).filter(({ pointer }) => pointer !== "/listen/host"),
  UnknownModelIdError: modelIdSpots,
  UpstreamModelError: upstreamModelSpots,
};

/** The names of the errors to which settings lead. */
export const placedErrors: readonly string[] = Object.keys(SPOTS);

/** The settings that led to an error, or to what caused it; none if the file has nothing to do with it. */
export function spotsOf(error: unknown, settings: ConfigSettings): readonly Spot[] {
  if (!(error instanceof Error)) return [];
  // what is outermost has the words for the user, what is innermost knows best
  const inner = spotsOf(error.cause, settings);
  if (inner.length > 0) return inner;
  const found = SPOTS[error.name]?.(fieldsOf(error), settings) ?? [];
  const there = found.filter(({ pointer }) => valueAt(settings, pointer) !== undefined);
  // several servers may lack the model that is wanted of them; otherwise the first setting is the closest
  return error.name === "UpstreamModelError" ? there : there.slice(0, 1);
}

function fieldsOf(error: Error): Fields {
  return { ...Object.fromEntries(Object.entries(error)), message: error.message };
}

function at(pointer: string): Spot {
  return { pointer };
}

/** An element of a list, else the list. */
function element(pointer: string, list: readonly string[] = [], value: unknown): readonly Spot[] {
  const i = list.findIndex((each) => each === value);
  return i < 0 ? [at(pointer)] : [at(pointerTo(pointer, i))];
}

/** The server's own address, or that of its metrics. */
function listenSpots({ host, port }: Fields, { listen = {}, metrics }: ConfigSettings): readonly Spot[] {
  const own = typeof metrics === "object" ? metrics : {};
  const isOfMetrics =
    own.port !== undefined && port === own.port && (own.host ?? listen.host ?? host) === host;
  const ofServer = [at("/listen/host"), at("/listen/port"), at("/listen")];
  return isOfMetrics ? [at("/metrics/host"), at("/metrics/port"), ...ofServer] : ofServer;
}

/** What made keys needed, if not the file that has them. */
function keySpots(_error: Fields, { auth, metrics }: ConfigSettings): readonly Spot[] {
  const ofMetrics = typeof metrics === "object" && metrics.auth === "keys" ? [at("/metrics/auth")] : [];
  if (auth === "none") return ofMetrics;
  return [at("/keysFile"), at("/auth"), at("/listen/host"), ...ofMetrics];
}

/** Options of the command line that a message names. */
function optionsIn({ message }: Fields): readonly Spot[] {
  const names = [...String(message).matchAll(/--([a-z]+(?:-[a-z]+)*)/gu)];
  return names.map(([, name = ""]) => at(`/${settingNamed(name)}`));
}

/** The setting that is an option of the command line: `memoryBudget` for `memory-budget`. */
export function settingNamed(option: string): string {
  return option.replaceAll(/-([a-z])/gu, (_, letter: string) => letter.toUpperCase());
}

function modelIdSpots({ modelId }: Fields, settings: ConfigSettings): readonly Spot[] {
  const { preload = [], modelMap = {} } = settings;
  const mapped = Object.entries(modelMap).filter(([, id]) => id === modelId);
  return [
    ...(settings.as === modelId ? [at("/as")] : []),
    ...preload.flatMap((id, i) => (id === modelId ? [at(pointerTo("/preload", i))] : [])),
    ...mapped.map(([arn]) => at(pointerTo("/modelMap", arn))),
    { pointer: pointerTo("/models", String(modelId)), part: "key" },
  ];
}

/** Each upstream of a model, with its pointer. */
function upstreamsOf(settings: ConfigSettings, id: string): readonly (readonly [string, Fields])[] {
  const { upstream, upstreams = [] } = settings.models?.[id] ?? {};
  const pointer = pointerTo("/models", id);
  return [
    ...(upstream ? [[`${pointer}/upstream`, { ...upstream }] as const] : []),
    ...upstreams.map((each, i) => [`${pointer}/upstreams/${i}`, { ...each }] as const),
  ];
}

/** The setting that a message names, if one upstream of the model has it; else the model. */
function upstreamSpots({ modelId, problem }: Fields, settings: ConfigSettings): readonly Spot[] {
  const id = String(modelId);
  const [, named = ""] = /^`([A-Za-z]+)`/u.exec(String(problem)) ?? [];
  const keys = named === "key" ? ["keyEnv", "keyFile"] : [named];
  const having = upstreamsOf(settings, id).flatMap(([pointer, each]) =>
    keys.filter((key) => each[key] !== undefined).map((key) => at(`${pointer}/${key}`)),
  );
  const only = having.length === 1 ? having : [];
  return [...only, { pointer: pointerTo("/models", id), part: "key" }];
}

/** The upstreams at that server of which that model is wanted. */
function upstreamModelSpots({ host, wanted }: Fields, settings: ConfigSettings): readonly Spot[] {
  return Object.keys(settings.models ?? {}).flatMap((id) =>
    upstreamsOf(settings, id).flatMap(([pointer, { url, model }]) => {
      if (typeof url !== "string" || new URL(url).host !== host || model !== wanted) return [];
      return [at(`${pointer}/${wanted === undefined ? "url" : "model"}`)];
    }),
  );
}
