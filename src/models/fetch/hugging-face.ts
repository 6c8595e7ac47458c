import { fileSize } from "../../platform/index.js";
import type { HuggingFaceSource } from "../catalogue/index.js";
import { ChecksumError } from "../errors.js";
import { downloadFile } from "./download-file.js";
import type { FetchJob } from "./fetch-job.js";
import { verifyOrDelete } from "./verified-file.js";

const HUB = "https://huggingface.co";

/** The URL of the hub, or of the mirror in `HF_ENDPOINT`. */
export function hubEndpoint(env: NodeJS.ProcessEnv): string {
  const { HF_ENDPOINT: mirror = "" } = env;
  return (mirror === "" ? HUB : mirror).replace(/\/+$/, "");
}

/** The URL of a model's page on the hub. */
export function hubPage({ repository }: HuggingFaceSource, env: NodeJS.ProcessEnv): string {
  return `${hubEndpoint(env)}/${repository}`;
}

/** The user's access token for the hub. */
export function hubToken(env: NodeJS.ProcessEnv): string | undefined {
  return env["HF_TOKEN"]?.trim();
}

/** The URL of a file, built as the library huggingface_hub does it. */
export function huggingFaceUrl(source: HuggingFaceSource, env: NodeJS.ProcessEnv): string {
  const file = source.file.split("/").map(encodeURIComponent).join("/");
  return `${hubPage(source, env)}/resolve/${source.revision}/${file}`;
}

/**
 * Fetches a model's file from the hub.
 *
 * @throws {SourceError} {@link ChecksumError} the hub cannot deliver it
 */
export async function fetchFromHuggingFace(source: HuggingFaceSource, job: FetchJob): Promise<void> {
  const { entry, part, env, onBytes, signal, limits } = job;
  const resumed = (await fileSize(part)) !== undefined;
  const download = async () => {
    await downloadFile({
      url: huggingFaceUrl(source, env),
      token: hubToken(env),
      page: hubPage(source, env),
      part,
      bytes: entry.bytes,
      limits,
      onBytes,
      signal,
    });
    await verifyOrDelete(part, entry, signal);
  };
  try {
    await download();
  } catch (error) {
    // the wrong bytes may be an earlier run's, which have been deleted now
    if (!resumed || !(error instanceof ChecksumError)) throw error;
    await download();
  }
}
