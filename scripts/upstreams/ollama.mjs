// Real Ollama for `npm run conformance:upstreams`, built from its Go module into .cache/ollama.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { attempt } from "../conformance/attempt.mjs";

/** The latest version whose module builds with `go build` alone. */
const MODULE = "github.com/ollama/ollama";
const VERSION = "v0.17.4";

/** Go's modules leave out folders named `vendor`: there llama.cpp has three libraries of header files. This package has them too. */
const HEADERS = "llama-cpp-python==0.3.36";
const HEADER_FOLDERS = ["nlohmann", "miniaudio", "stb"];

/** Builds it once, in ten minutes. @returns undefined, or the reason for a failure */
export async function setUpOllama(root, env) {
  const folder = join(root, ".cache/ollama");
  const stamp = join(folder, "cria-version.txt");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === VERSION) return undefined;
  const headers = join(folder, "src");
  mkdirSync(headers, { recursive: true });
  const why = await fetchHeaders(headers, env);
  if (why !== undefined) return why;
  const build = {
    ...{ GOBIN: folder, GOFLAGS: "-mod=mod", CGO_ENABLED: "1" },
    CPLUS_INCLUDE_PATH: headers,
  };
  const failed = await attempt("go", ["install", `${MODULE}@${VERSION}`], { env: { ...env, ...build } });
  if (failed === undefined) writeFileSync(stamp, VERSION);
  return failed;
}

async function fetchHeaders(headers, env) {
  if (HEADER_FOLDERS.every((name) => existsSync(join(headers, name)))) return undefined;
  const download = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"];
  const why = await attempt(
    "python3",
    [...download, "--no-binary", ":all:", "--no-build-isolation", HEADERS, "-d", headers],
    { env },
  );
  const archive = readdirSync(headers).find((name) => name.endsWith(".tar.gz"));
  if (archive === undefined) return why ?? `${HEADERS} wasn't downloaded`;
  // <package>/vendor/llama.cpp/vendor/<library>/
  const folders = HEADER_FOLDERS.map((name) => `*/vendor/llama.cpp/vendor/${name}/*`);
  const unpack = ["xzf", archive, "--strip-components=4", "--wildcards", ...folders];
  return attempt("tar", unpack, { cwd: headers, env });
}
