import { access, realpath } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";

/** How to run npm: a program and its leading arguments. */
export interface NpmCommand {
  readonly file: string;
  readonly args: readonly string[];
}

/**
 * Finds npm: the one that started Cria, or the one beside Node, or the one on the PATH, in this order.
 *
 * If npm's script is found, this Node runs it: Windows can't start `npm.cmd` without a shell.
 *
 * @param nodePath - path of the Node executable
 * @returns undefined if there is none
 */
export async function findNpm(
  env: NodeJS.ProcessEnv,
  nodePath: string = process.execPath,
): Promise<NpmCommand | undefined> {
  const node = dirname(nodePath);
  const scripts = [
    scriptBeside(env["npm_execpath"]),
    join(node, "../lib/node_modules/npm/bin/npm-cli.js"),
    join(node, "node_modules/npm/bin/npm-cli.js"),
  ];
  const onPath = (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter(Boolean);
  if (process.platform === "win32") {
    scripts.push(...onPath.map((folder) => join(folder, "node_modules/npm/bin/npm-cli.js")));
  }
  for (const script of scripts) {
    if (script && (await exists(script))) return { file: process.execPath, args: [script] };
  }
  if (process.platform === "win32") return undefined;
  for (const folder of onPath) {
    const npm = join(folder, "npm");
    if (!(await exists(npm))) continue;
    const target = await realpath(npm);
    // a version manager's shim is a program, not npm's script
    return basename(target) === "npm-cli.js"
      ? { file: process.execPath, args: [target] }
      : { file: npm, args: [] };
  }
  return undefined;
}

/** `npm_execpath` may name npx's script instead (some versions of npx), or another package manager's. */
function scriptBeside(execpath: string | undefined): string | undefined {
  if (execpath === undefined || !/^np[mx]-cli\.js$/.test(basename(execpath))) return undefined;
  return join(dirname(execpath), "npm-cli.js");
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Settings for where packages come from and how to reach it. npm passes all its settings on to its child processes; the others
 * (`omit`, `global`, `workspace`, `dry_run`, …) belong to the command that the user ran, not to ours.
 */
const KEPT_SETTINGS =
  /^npm_config_(?:registry|userconfig|globalconfig|cache|prefer_offline|offline|strict_ssl|ca|cafile|cert|key|https?_proxy|proxy|noproxy|local_address|maxsockets|fetch_.*|before|min_release_age|@.*|\/\/.*)$/i;

/** The environment for running npm: the user's, without the settings of an npm command that started Cria. */
export function npmEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const clean = Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^npm_/i.test(name) || KEPT_SETTINGS.test(name.replaceAll("-", "_")),
    ),
  );
  return { ...clean, NODE_LLAMA_CPP_POSTINSTALL: "skip" };
}
