import { fileURLToPath } from "node:url";

/** The tests' folder with the engine and the default model, unless `CRIA_HOME` names another. */
export const home = process.env.CRIA_HOME ?? fileURLToPath(new URL("../../.cache/cria", import.meta.url));

/** The built Cria that's measured, unless `CRIA_DIST` names another. */
export const dist = process.env.CRIA_DIST ?? fileURLToPath(new URL("../../dist", import.meta.url));

export const bin = `${dist}/command/cria.js`;
