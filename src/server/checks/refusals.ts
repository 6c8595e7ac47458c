import { authModeFor, openKeys } from "../access/index.js";
import { Callers } from "../callers/index.js";
import { llamaModel, ModelMap } from "../model-map.js";
import { checkIdentity } from "../reach/index.js";
import type { ServeOptions } from "../serve-options.js";
import { checkUpstreams } from "../upstreams/index.js";
import { optionChecks } from "./check-options.js";

/**
 * What {@link serve} would refuse of options, as far as that shows without starting anything or asking another server: every error, where `serve()` throws the
 * first. Which ports are free, what models of this machine hold, and what upstreams have isn't looked at.
 */
export async function refusals(options: ServeOptions): Promise<readonly Error[]> {
  const { host = "127.0.0.1", keysFile, tls, traces, metrics } = options;
  const auth = authModeFor(host, options.auth);
  const callers = (more: { readonly allowHosts?: string[]; readonly allowOrigins?: string[] }) =>
    new Callers({ host, auth, certificate: undefined, allowHosts: [], allowOrigins: [], ...more });
  const asksForKeys = auth === "keys" || (typeof metrics === "object" && metrics.auth === "keys");
  const checks: readonly (() => unknown)[] = [
    ...optionChecks(options),
    () => tls !== undefined && tls !== "self-signed" && checkIdentity(tls),
    ...(options.allowHosts ?? []).map((each) => () => callers({ allowHosts: [each] })),
    ...(options.allowOrigins ?? []).map((each) => () => callers({ allowOrigins: [each] })),
    ...Object.entries(options.modelMap ?? {}).map(
      ([arn, id]) =>
        () =>
          new ModelMap({ [arn]: id }),
    ),
    ...Object.entries(options.upstreams ?? {}).map(
      ([id, asked]) =>
        () =>
          checkUpstreams({ [id]: asked }),
    ),
    ...[...(options.preload ?? []), options.as ?? []].flat().map((id) => () => llamaModel(id)),
    () => asksForKeys && openKeys({ file: keysFile }),
    () => checkTraces(traces),
  ];
  const found = await Promise.all(checks.map(errorOf));
  return found.flatMap((error) => error ?? []);
}

async function errorOf(check: () => unknown): Promise<Error | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The code behind traces is loaded only for those who ask for them. */
async function checkTraces(traces: ServeOptions["traces"]): Promise<void> {
  if (traces === undefined) return;
  const { checkTraces: check } = await import("../traces/index.js");
  await check(traces === true ? {} : traces);
}
