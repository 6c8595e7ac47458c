import { tmpdir } from "node:os";

import { ENGINE_VERSION, enginePackage, findNpm, npmEnvironment } from "../../engine/index.js";
import { smallStandIn, whyNotOnHub } from "../../models/index.js";
import { runProgram } from "../../platform/index.js";
import { type Finding, messageOf, ok, type Surroundings, warning, withoutSecrets } from "./finding.js";

/** How long the registry and the hub may take, in ms each: npm alone takes a second to start. */
const NETWORK_MS = 10_000;

const PROXIES = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"];

/** The npm registry, as npm is set up, the hub, and proxies. @param deadlineMs - how long each may take; tests wait longer */
export async function checkNetwork(
  { env, home, offline }: Surroundings,
  deadlineMs = NETWORK_MS,
): Promise<Finding[]> {
  const proxies = PROXIES.flatMap((name) => {
    const value = env[name] ?? env[name.toLowerCase()];
    if (!value) return [];
    return [ok("proxy", `${name}: ${name === "NO_PROXY" ? value : withoutSecrets(value)}`)];
  });
  if (offline) return [...proxies, ok("network", "not tried (--offline)")];
  return [
    ...proxies,
    ...(await Promise.all([checkRegistry(env, home, deadlineMs), checkHub(env, deadlineMs)])),
  ];
}

/** Asks npm, since only npm knows its settings. What it prints may hold secrets, so of an error only its code is shown. */
async function checkRegistry(env: NodeJS.ProcessEnv, home: string, deadlineMs: number): Promise<Finding> {
  const npm = await findNpm(env);
  const advice = "What isn't here can't be fetched. For a proxy or a private registry, set up npm.";
  if (npm === undefined) return warning("registry", "can't be asked without npm", advice);
  const run = async (...args: string[]) =>
    runProgram(
      npm.file,
      [...npm.args, ...args, "--fetch-retries=0", "--loglevel=error", "--no-update-notifier"],
      {
        cwd: tmpdir(),
        env: npmEnvironment(env),
        signal: AbortSignal.timeout(deadlineMs),
      },
    );
  try {
    const wanted = `${await enginePackage(env, home)}@${ENGINE_VERSION}`;
    const [where, view] = await Promise.all([
      run("config", "get", "registry"),
      run("view", wanted, "version"),
    ]);
    // npm keeps an address with a password to itself, but lists it with the password blotted out
    const address =
      where?.code === 0
        ? where.output.split("\n").at(-1)
        : /^registry = "(.+)"/mu.exec((await run("config", "list"))?.output ?? "")?.[1];
    const registry = address === undefined ? "unknown" : withoutSecrets(address);
    if (view?.code === 0 && view.output.includes(ENGINE_VERSION)) {
      return ok("registry", `${registry} has the engine (${wanted})`);
    }
    const code = /npm (?:error|ERR!) code (\w+)/u.exec(view?.output ?? "")?.[1] ?? "no answer";
    return warning("registry", `${registry} doesn't give the engine: ${code}`, advice);
  } catch (error) {
    const late = error instanceof Error && error.name === "TimeoutError";
    return warning("registry", late ? `no answer within ${deadlineMs / 1000} s` : messageOf(error), advice);
  }
}

async function checkHub(env: NodeJS.ProcessEnv, deadlineMs: number): Promise<Finding> {
  const advice =
    "Models can't be pulled; the small stand-in is fetched from a Python package instead. HF_ENDPOINT names a mirror, HTTPS_PROXY a proxy.";
  const reason = await whyNotOnHub(smallStandIn, { env, signal: AbortSignal.timeout(deadlineMs) });
  return reason === undefined
    ? ok("hub", "has the small stand-in, so models can be pulled")
    : warning("hub", reason.replaceAll(/https?:\/\/\S+/gu, withoutSecrets), advice);
}
