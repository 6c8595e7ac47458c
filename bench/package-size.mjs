/**
 * Measures the size of an installation: packs the package, installs it in an empty folder without install scripts, lets it download the
 * engine and the model into an empty CRIA_HOME, gets an answer, and adds up the file sizes.
 *
 *     npm run build && node bench/package-size.mjs
 *
 * Claim: the package with its dependencies and the engine take at most 150 MB.
 */
import { execFileSync } from "node:child_process";
import { lstat, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("..", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "cria-package-"));
const project = join(folder, "project");
const home = join(folder, "home");
const env = { ...process.env, CRIA_HOME: home };

/** The size of all files below a folder, in bytes. */
async function sizeOf(path) {
  const info = await lstat(path).catch(() => undefined);
  if (!info) return 0;
  if (!info.isDirectory()) return info.size;
  const sizes = await Promise.all((await readdir(path)).map((name) => sizeOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const run = (cwd, program, ...args) =>
  execFileSync(program, args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

try {
  const output = run(repository, "npm", "pack", "--json", "--pack-destination", folder);
  // the output of the scripts comes first
  const packed = JSON.parse(output.slice(output.search(/^[[{]/mu)));
  const { filename, size } = (Array.isArray(packed) ? packed : Object.values(packed))[0];
  await mkdir(project);
  await writeFile(join(project, "package.json"), '{ "private": true }\n');
  run(project, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", join(folder, filename));
  const answer = run(project, "npx", "cria", "--max-gen-len", "16", "What is the capital of France?");
  const installed = await sizeOf(join(project, "node_modules"));
  const engine = await sizeOf(join(home, "engine"));
  const model = await sizeOf(join(home, "models"));
  process.stdout.write(
    [
      `answer                       ${answer.trim()}`,
      `tarball                      ${megabytes(size)}`,
      `package with dependencies    ${megabytes(installed)}`,
      `engine                       ${megabytes(engine)}`,
      `together                     ${megabytes(installed + engine)}   at most 150 MB`,
      `default model                ${megabytes(model)}`,
      "",
    ].join("\n"),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
