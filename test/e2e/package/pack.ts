import { cp, mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { plainEnv, start } from "../../support/run-cli.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The files of the clone that packing needs. */
const NEEDED = [
  ...["package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"],
  ...["README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md"],
  ...["docs", "engine", "scripts", "src", "dist"],
];

/** The result of `npm pack`. */
export interface Packed {
  readonly tarball: string;
  /** The paths of its files. */
  readonly files: readonly string[];
  /** The copy of the clone that was packed, to be deleted. */
  readonly clone: string;
}

/**
 * Runs `npm pack` in a copy of the clone: packing changes package.json for a moment, which other tests must not see. The copy lies in the
 * clone, so that the scripts find its packages without a link, which Windows allows to administrators only.
 *
 * @param folder - the folder for the tarball
 */
export async function pack(folder: string): Promise<Packed> {
  await mkdir(join(root, ".cache"), { recursive: true });
  const copy = await mkdtemp(join(root, ".cache", "packing-"));
  // keeps the modification times, so that dist/ is built again only if it is out of date
  for (const name of NEEDED)
    await cp(join(root, name), join(copy, name), { recursive: true, preserveTimestamps: true });
  const { code, stdout, stderr } = await npm(copy, "pack", "--json", "--pack-destination", folder);
  if (code !== 0) throw new Error(`npm pack failed:\n${stderr}`);
  // the output of the scripts comes first
  const result = JSON.parse(stdout.slice(stdout.search(/^[[{]/mu))) as Report[] | Record<string, Report>;
  const [report] = Object.values(result);
  if (!report) throw new Error(`npm pack printed no report:\n${stdout}`);
  return {
    tarball: join(folder, report.filename),
    files: report.files.map(({ path }) => path).sort(),
    clone: copy,
  };
}

/** npm's report on a package: in a list, or by name since npm 11. */
interface Report {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Runs npm to its end. */
export async function npm(cwd: string, ...args: string[]) {
  // without the settings of the npm that runs the tests
  const env = Object.entries(plainEnv({ NO_COLOR: "1" })).filter(([name]) => !/^npm_(?!config_)/u.test(name));
  const running = start("npm", args, { cwd, env: Object.fromEntries(env) });
  const code = await running.ended;
  return { code, stdout: running.stdout, stderr: running.stderr };
}
