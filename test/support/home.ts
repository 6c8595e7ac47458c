import { fileURLToPath } from "node:url";
import { criaHome } from "../../src/store/index.js";

/**
 * The folder with the engine and the default model that all tests share, so that they are downloaded once: `CRIA_HOME` if
 * it's set, else `.cache/cria` in the repository.
 */
export function testHome(): string {
  return process.env["CRIA_HOME"] ? criaHome() : fileURLToPath(new URL("../../.cache/cria", import.meta.url));
}
