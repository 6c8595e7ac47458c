import { ConfigError, pointerTo, valueAt } from "../../config/index.js";
import type { LoadedConfig } from "./load-config.js";

/** Which setting each of the server's errors is about. */
const SETTINGS: Readonly<Record<string, string>> = {
  CertificateError: "/listen/tls",
  InvalidHostError: "/allowHosts",
  InvalidOriginError: "/allowOrigins",
  InvalidModelMapError: "/modelMap",
  KeyFileError: "/keysFile",
  ListenError: "/listen",
  NoKeysError: "/auth",
  PortInUseError: "/listen/port",
};

/**
 * An error of the server with the place of the setting that it is about.
 *
 * @returns the error itself if no setting of the file led to it
 */
export function placeError(error: unknown, { file, settings, place }: LoadedConfig): unknown {
  if (!(error instanceof Error)) return error;
  const pointer = pointerOf(error, settings);
  if (pointer === undefined) return error;
  return new ConfigError(file, [{ ...place(pointer), message: error.message }], { cause: error });
}

function pointerOf(error: Error, settings: LoadedConfig["settings"]): string | undefined {
  if (error.name === "InvalidUpstreamError" && "modelId" in error && typeof error.modelId === "string")
    return existing(pointerTo("/models", error.modelId), settings);
  const pointer = existing(isOfMetrics(error, settings) ? "/metrics/port" : SETTINGS[error.name], settings);
  const list = pointer === undefined ? undefined : valueAt(settings, pointer);
  if (!Array.isArray(list) || pointer === undefined) return pointer;
  const i = list.findIndex((each) => Object.values(error).includes(each));
  return i < 0 ? pointer : pointerTo(pointer, i);
}

/** Whether it is the port of the metrics that can't be opened. */
function isOfMetrics(error: Error, settings: LoadedConfig["settings"]): boolean {
  return (
    (error.name === "PortInUseError" || error.name === "ListenError") &&
    "port" in error &&
    error.port === valueAt(settings, "/metrics/port")
  );
}

function existing(pointer: string | undefined, settings: LoadedConfig["settings"]): string | undefined {
  return pointer !== undefined && valueAt(settings, pointer) !== undefined ? pointer : undefined;
}
