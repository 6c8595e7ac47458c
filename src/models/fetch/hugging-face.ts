import { fileSize } from "../../platform/index.js";
import type { HuggingFaceSource } from "../catalogue/index.js";
import { ChecksumError } from "../errors.js";
import { downloadFile } from "./download-file.js";
import type { SourceJob } from "./source-job.js";
import { verifyOrDelete } from "./verified-file.js";

/** Where the hub is, unless `HF_ENDPOINT` names a mirror. */
const HUB = "https://huggingface.co";

/** Where the hub is. */
export function hubEndpoint(env: NodeJS.ProcessEnv): string {
  const { HF_ENDPOINT: mirror = "" } = env;
  return (mirror === "" ? HUB : mirror).replace(/\/+$/, "");
}

/** Where a person sees a model on the hub. */
export function hubPage({ repository }: HuggingFaceSource, env: NodeJS.ProcessEnv): string {
  return `${hubEndpoint(env)}/${repository}`;
}

/** The token that proves to the hub who asks. */
export function hubToken(env: NodeJS.ProcessEnv): string | undefined {
  return env["HF_TOKEN"]?.trim();
}

/** The address of a file, built as the library huggingface_hub builds it. */
export function huggingFaceUrl(source: HuggingFaceSource, env: NodeJS.ProcessEnv): string {
  const file = source.file.split("/").map(encodeURIComponent).join("/");
  return `${hubPage(source, env)}/resolve/${source.revision}/${file}`;
}

/**
 * Fetches a model's file from the hub.
 *
 * @throws {SourceError} {@link ChecksumError} it can't be had there
 */
export async function fetchFromHuggingFace(source: HuggingFaceSource, job: SourceJob): Promise<void> {
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
    // the wrong bytes may be those of the earlier run; they are deleted now
    if (!resumed || !(error instanceof ChecksumError)) throw error;
    await download();
  }
}
