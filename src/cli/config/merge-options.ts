import { parseModelId } from "../../bedrock/index.js";
import type { ServeOptions } from "../../server/index.js";
import { defined } from "../option-values.js";

/** Options that say one thing together: where one of them is on the command line, none of the file's holds. */
const GROUPS = [
  ["auth", "keysFile"],
  ["modelFile", "as", "small", "engine"],
] as const satisfies readonly (readonly (keyof ServeOptions)[])[];

/**
 * The file's options, and those of the command line, which win: a model's upstreams, an ARN and a limit each by itself, anything else as a
 * whole.
 */
export function mergeOptions(file: ServeOptions, flags: ServeOptions): ServeOptions {
  const typed = defined(flags);
  const out: readonly string[] = GROUPS.flatMap((group) =>
    group.some((name) => name in typed) ? group : [],
  );
  const kept: ServeOptions = Object.fromEntries(Object.entries(file).filter(([name]) => !out.includes(name)));
  return {
    ...kept,
    ...typed,
    upstreams: { ...otherModels(file.upstreams, flags.upstreams), ...flags.upstreams },
    modelMap: { ...file.modelMap, ...flags.modelMap },
    limits: { ...file.limits, ...defined(flags.limits ?? {}) },
  };
}

/** The upstreams of the models that the command line doesn't name, in any form of their ids. */
function otherModels(file: ServeOptions["upstreams"] = {}, flags: ServeOptions["upstreams"] = {}) {
  const nameOf = (id: string) => parseModelId(id)?.model.id ?? id;
  const named = new Set(Object.keys(flags).map(nameOf));
  return Object.fromEntries(Object.entries(file).filter(([id]) => !named.has(nameOf(id))));
}

/** The options of the file that don't hold, since the command line has its own: such as `port` or `limits.requests`. */
export function overridden(file: ServeOptions, flags: ServeOptions): readonly string[] {
  const typed: Readonly<Record<string, unknown>> = defined(flags);
  return Object.entries(defined(file)).flatMap(([name, value]) => {
    const own = typed[name];
    if (own === undefined) return [];
    if (!isRecord(value) || !isRecord(own)) return [name];
    return Object.keys(value).flatMap((key) => (Object.hasOwn(own, key) ? `${name}.${key}` : []));
  });
}

/** The option that a setting becomes, as JSON pointers both: `/upstreams/ID` of `/models/ID/upstream/url`. */
export function optionOf(setting: string): string {
  const [, section = "", name = ""] = setting.split("/");
  switch (section) {
    case "listen":
      return `/${name}`;
    case "models":
      return `/upstreams/${name}`;
    case "limits":
    case "modelMap":
      return `/${section}/${name}`;
    default:
      return `/${section}`;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
