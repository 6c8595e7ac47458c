import { join } from "node:path";

import type { ModelEntry } from "./catalogue/model-entry.js";

/** The folder of the models in Cria's folder. */
export function modelsFolder(home: string): string {
  return join(home, "models");
}

/** Where a model's file is, once it's here. */
export function modelPath(entry: ModelEntry, home: string): string {
  return join(modelsFolder(home), entry.fileName);
}
