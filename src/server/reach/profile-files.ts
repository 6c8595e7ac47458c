import { createHash, randomUUID } from "node:crypto";
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { devNull, homedir } from "node:os";
import { join } from "node:path";

import { makeFolderSync } from "../../store/index.js";
import { valueOf } from "./surroundings.js";

/** The shared files of a program's AWS SDK. */
export interface ProfileFiles {
  readonly config: string;
  readonly credentials: string;
}

/** Files without any profile. */
export const NO_PROFILES: ProfileFiles = { config: devNull, credentials: devNull };

/** More than any person's file has; what lies beyond isn't read. */
const MAX_BYTES = 1_000_000;

/** A section's name that can be written into a file again. */
const SECTION = /^\s*\[\s*(?:profile\s+)?(["']?)([^\]"'[\]\r\n]{1,200}?)\1\s*\]/gmu;

/** Sections of the shared files that aren't profiles. */
const OTHER_SECTION = /^(?:sso-session|services|plugins|preview)(?:\s|$)/u;

/**
 * Writes shared files that have every profile of the person's own files by name, with dummy keys: a program that names a profile in
 * its code finds it, and no real key. Only names are taken from the person's files.
 *
 * Synchronous, as `CriaServer.env()` is; the files are small, and written once for each set of names.
 *
 * @param env - read for where the person's files are, and for the profiles that it names
 * @param folder - where the files are written
 * @returns {@link NO_PROFILES} if they can't be written: a named profile isn't found then
 */
export function writeProfileFiles(env: NodeJS.ProcessEnv, folder: string): ProfileFiles {
  const names = [...new Set(["default", ...profileNames(env)])].sort();
  const section = (header: string, lines: readonly string[]) => `[${header}]\n${lines.join("\n")}\n`;
  const keys = ["aws_access_key_id = cria", "aws_secret_access_key = cria"];
  const credentials = names.map((name) => section(name, keys)).join("\n");
  const config = names
    .map((name) => section(name === "default" ? name : `profile ${name}`, ["region = us-east-1"]))
    .join("\n");
  const hash = createHash("sha256").update(credentials).digest("hex").slice(0, 12);
  const files = { config: join(folder, `config-${hash}`), credentials: join(folder, `credentials-${hash}`) };
  try {
    makeFolderSync(folder);
    write(files.config, config);
    write(files.credentials, credentials);
    return files;
  } catch {
    return NO_PROFILES;
  }
}

/** A reader finds the whole file or none. */
function write(path: string, text: string): void {
  if (read(path) === text) return;
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, text, { flag: "wx", mode: 0o600 });
  renameSync(draft, path);
}

function profileNames(env: NodeJS.ProcessEnv): readonly string[] {
  const home = valueOf(env, "HOME") ?? valueOf(env, "USERPROFILE") ?? homedir();
  const files = [
    valueOf(env, "AWS_CONFIG_FILE") ?? join(home, ".aws", "config"),
    valueOf(env, "AWS_SHARED_CREDENTIALS_FILE") ?? join(home, ".aws", "credentials"),
  ];
  const named = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_PROFILE_NAME"].map(
    (name) => `[${env[name] ?? ""}]`,
  );
  return [...files.map(read), ...named]
    .flatMap((text) => [...text.matchAll(SECTION)].map(([, , name = ""]) => name.trim()))
    .filter((name) => name !== "" && !OTHER_SECTION.test(name));
}

function read(path: string): string {
  try {
    // a pipe would never end
    return statSync(path).isFile() ? readFileSync(path, "utf8").slice(0, MAX_BYTES) : "";
  } catch {
    return "";
  }
}
