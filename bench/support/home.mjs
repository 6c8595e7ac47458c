import { fileURLToPath } from "node:url";

/** The tests' folder with the engine and the default model, unless `CRIA_HOME` names another. */
export const home = process.env.CRIA_HOME ?? fileURLToPath(new URL("../../.cache/cria", import.meta.url));

/** The clone whose build is measured, unless `CRIA_CLONE` names another. */
const clone = process.env.CRIA_CLONE ?? fileURLToPath(new URL("../..", import.meta.url));

/** The clone's modules, unbundled. */
export const modules = `${clone}/build`;

/** The clone's bundled command. */
export const bin = `${clone}/dist/cria.js`;
