import { sha256 } from "../../sigv4/equal-secrets.js";
import { KeyEnvironmentError } from "../key-environment-error.js";
import type { AccessKey, ApiKey, KeySet } from "./key-source.js";

/**
 * The keys that the environment names, for containers: `CRIA_ACCESS_KEY_ID` with `CRIA_SECRET_ACCESS_KEY` and, if any,
 * `CRIA_SESSION_TOKEN`; `CRIA_API_KEY`, with them or alone. They don't expire. An empty variable is as good as none.
 *
 * @throws {KeyEnvironmentError} a part is missing.
 */
export function environmentKeys(env: NodeJS.ProcessEnv): KeySet {
  const id = env["CRIA_ACCESS_KEY_ID"] ?? "";
  const secretAccessKey = env["CRIA_SECRET_ACCESS_KEY"] ?? "";
  const token = env["CRIA_SESSION_TOKEN"] ?? "";
  const apiKey = env["CRIA_API_KEY"] ?? "";
  if (id !== "" && secretAccessKey === "") {
    throw new KeyEnvironmentError("CRIA_SECRET_ACCESS_KEY", "must be set where CRIA_ACCESS_KEY_ID is");
  }
  if (id === "" && (secretAccessKey !== "" || token !== "")) {
    const other = secretAccessKey === "" ? "CRIA_SESSION_TOKEN" : "CRIA_SECRET_ACCESS_KEY";
    throw new KeyEnvironmentError("CRIA_ACCESS_KEY_ID", `must be set where ${other} is`);
  }
  const accessKeys = new Map<string, AccessKey>();
  if (id !== "") {
    accessKeys.set(id, {
      secretAccessKey,
      sessionToken: token === "" ? undefined : token,
      expiresAt: undefined,
    });
  }
  const apiKeys: ApiKey[] = apiKey === "" ? [] : [{ sha256: sha256(apiKey), expiresAt: undefined }];
  return { accessKeys, apiKeys };
}
