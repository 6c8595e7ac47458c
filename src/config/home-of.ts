import { parseModelId, parseOpaqueArn } from "../bedrock/index.js";
import { configSchema, type JsonSchema } from "./schema/index.js";
import { oneOf } from "./words.js";

/** Where a setting may stand: what messages call it. */
type Home = string;

const FILE: Home = "";
const MODEL: Home = "the id of a model in `models`";
const UPSTREAM: Home = "the `upstream` of a model";

/** Names of settings that only say which of several values follow. */
const HOMES: Readonly<Record<string, Home>> = { upstream: UPSTREAM, upstreams: UPSTREAM };

let homes: ReadonlyMap<string, ReadonlySet<Home>> | undefined;

/**
 * Where a key belongs that stands in the wrong place, as a sentence without a full stop.
 *
 * @param value - what is written there
 * @param steps - the place, as the steps of a JSON pointer
 * @returns undefined if no setting has such a key
 */
export function whereTo(key: string, value: unknown, steps: readonly string[]): string | undefined {
  const here = steps.map((step) => homeBelow(step, FILE)).findLast((home) => home !== FILE) ?? FILE;
  const all = [...(homesOf(key, value) ?? [])];
  if (all.length === 0 || all.includes(here)) return undefined;
  if (all.includes(FILE)) return "It is a setting of the file itself: write it at the beginning of a line";
  const [first = ""] = all;
  const example =
    all.length > 1 || first === UPSTREAM || first === MODEL
      ? ""
      : `: write ${first.replace(/`$/u, ":`")}, and on the next line, with spaces before it, \`${key}:\``;
  return `It belongs below ${oneOf(all)}${example}`;
}

function homesOf(key: string, value: unknown): Iterable<Home> | undefined {
  if (parseModelId(key)) return ["`models`"];
  if (typeof value === "string" && parseOpaqueArn(key)) return ["`modelMap`"];
  homes ??= allHomes();
  return homes.get(key);
}

/** The place below a setting. @param place - that of the setting */
function homeBelow(key: string, place: Home): Home {
  if (/^\d+$/u.test(key)) return place;
  return HOMES[key] ?? (parseModelId(key) ? MODEL : `\`${key}\``);
}

/** Every key of the schema, and where it belongs. */
function allHomes(): ReadonlyMap<string, ReadonlySet<Home>> {
  const found = new Map<string, Set<Home>>();
  const visit = (schema: JsonSchema, home: Home) => {
    const named = configSchema.definitions[(schema.$ref ?? "").replace("#/definitions/", "")];
    for (const part of [named, schema.then, schema.else, schema.items]) if (part) visit(part, home);
    for (const [key, part] of Object.entries(schema.properties ?? {})) {
      if (!parseModelId(key)) found.set(key, (found.get(key) ?? new Set<Home>()).add(home));
      visit(part, homeBelow(key, home));
    }
  };
  visit(configSchema, FILE);
  return found;
}
