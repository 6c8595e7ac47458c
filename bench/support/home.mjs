import { fileURLToPath } from "node:url";

/** The tests' folder with the engine and the default model, unless `CRIA_HOME` names another. */
export const home = process.env.CRIA_HOME ?? fileURLToPath(new URL("../../.cache/cria", import.meta.url));

export const bin = fileURLToPath(new URL("../../dist/cli/bin.js", import.meta.url));
