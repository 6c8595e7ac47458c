import { cp, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { plainEnv, start } from "../../support/run-cli.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** What a pack needs of the clone. */
const NEEDED = [
  ...["package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"],
  ...["README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md"],
  ...["docs", "scripts", "src", "dist"],
];

/** What `npm pack` made. */
export interface Packed {
  readonly tarball: string;
  /** What is in it, by path. */
  readonly files: readonly string[];
}

/**
 * Runs `npm pack` in a copy of the clone: it changes package.json for a moment, which no other test may see.
 *
 * @param folder - an empty one, for copy and tarball
 */
export async function pack(folder: string): Promise<Packed> {
  const copy = join(folder, "clone");
  // with the times, so that dist/ is built anew only where it's out of date
  for (const name of NEEDED)
    await cp(join(root, name), join(copy, name), { recursive: true, preserveTimestamps: true });
  await symlink(join(root, "node_modules"), join(copy, "node_modules"));
  const { code, stdout, stderr } = await npm(copy, "pack", "--json", "--pack-destination", folder);
  if (code !== 0) throw new Error(`npm pack failed:\n${stderr}`);
  // what the scripts print comes before
  const result = JSON.parse(stdout.slice(stdout.search(/^[[{]/mu))) as Report[] | Record<string, Report>;
  const [report] = Object.values(result);
  if (!report) throw new Error(`npm pack told nothing:\n${stdout}`);
  return { tarball: join(folder, report.filename), files: report.files.map(({ path }) => path).sort() };
}

/** What npm tells of a package: in a list, or since npm 11 by name. */
interface Report {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Runs npm to its end. */
export async function npm(cwd: string, ...args: string[]) {
  // the settings of the npm that runs the tests aren't meant for this one
  const env = Object.entries(plainEnv({ NO_COLOR: "1" })).filter(([name]) => !/^npm_(?!config_)/u.test(name));
  const running = start("npm", args, { cwd, env: Object.fromEntries(env) });
  const code = await running.ended;
  return { code, stdout: running.stdout, stderr: running.stderr };
}
