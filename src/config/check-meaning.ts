import { llamaModels, parseModelId, parseOpaqueArn } from "../bedrock/index.js";
import { DEFAULT_HOST, DEFAULT_PORT } from "./bounds.js";
import type { SettingProblem } from "./check-schema.js";
import { pointerTo } from "./parse-yaml.js";
import { closest } from "./suggest.js";

type Report = (pointer: string, part: "key" | "value", message: string) => void;

/**
 * Checks what a schema can't say: ids of models, ARNs, and settings that don't go together.
 *
 * @param root - the file's value, which may not fit the schema: what doesn't is skipped here
 * @returns every problem
 */
export function checkMeaning(root: unknown): readonly SettingProblem[] {
  const problems: SettingProblem[] = [];
  const report: Report = (pointer, part, message) => problems.push({ pointer, part, message });
  checkModels(entriesOf(root, "models"), report);
  checkModelMap(entriesOf(root, "modelMap"), report);
  checkLocal(root, report);
  checkUrl(member(root, "traces"), "/traces", "endpoint", report);
  checkPorts(root, report);
  if (member(root, "auth") === "none" && typeof member(root, "keysFile") === "string") {
    report("/auth", "value", "`auth: none` ignores keys: leave out `keysFile`, or write `auth: keys`.");
  }
  return problems;
}

function checkModels(models: Entries, report: Report): void {
  const seen = new Map<string, string>();
  for (const [id, settings] of models) {
    const pointer = pointerTo("/models", id);
    const model = parseModelId(id)?.model.id;
    if (model === undefined) report(pointer, "key", unknownModel(id));
    else if (seen.has(model)) {
      report(
        pointer,
        "key",
        `\`${id}\` is the model \`${seen.get(model) ?? ""}\`, which is here already: keep one of the two.`,
      );
    } else seen.set(model, id);
    checkUpstream(member(settings, "upstream"), pointerTo(pointer, "upstream"), report);
    const list = member(settings, "upstreams");
    if (!Array.isArray(list)) continue;
    for (const [i, each] of list.entries())
      checkUpstream(each, pointerTo(pointerTo(pointer, "upstreams"), i), report);
  }
}

function checkUpstream(upstream: unknown, pointer: string, report: Report): void {
  for (const key of ["url", "endpoint"]) checkUrl(upstream, pointer, key, report);
  if (member(upstream, "keyEnv") === undefined || member(upstream, "keyFile") === undefined) return;
  report(pointerTo(pointer, "keyFile"), "key", "There are `keyEnv` and `keyFile`: keep one of the two.");
}

/** What looks like a URL and isn't one. Its value isn't repeated: it may hold a key. */
function checkUrl(section: unknown, pointer: string, key: string, report: Report): void {
  const url = member(section, key);
  if (typeof url !== "string" || !/^https?:\/\/[^\s/?#@]/u.test(url) || URL.canParse(url)) return;
  report(
    pointerTo(pointer, key),
    "value",
    `\`${key}\` isn't a URL: look at its host, and whether its port is 65535 at most. Write, for example, \`${key}: https://vllm.internal:8000\`.`,
  );
}

/** Two servers can't listen on one port of one address. */
function checkPorts(root: unknown, report: Report): void {
  const [listen, metrics] = [member(root, "listen"), member(root, "metrics")];
  const [port = DEFAULT_PORT, own] = [member(listen, "port"), member(metrics, "port")];
  const [host = DEFAULT_HOST] = [member(listen, "host")];
  if (own !== port || own === 0 || (member(metrics, "host") ?? host) !== host) return;
  report(
    "/metrics/port",
    "value",
    `\`port\` is the server's own: write another one, such as \`port: 9464\`, or \`metrics: true\` for this one.`,
  );
}

function checkModelMap(map: Entries, report: Report): void {
  for (const [arn, id] of map) {
    const pointer = pointerTo("/modelMap", arn);
    const named = parseModelId(arn);
    if (named) {
      report(
        pointer,
        "key",
        `\`${arn}\` names ${named.model.id} already: leave it out, Cria answers for it.`,
      );
    } else if (!parseOpaqueArn(arn)) {
      report(
        pointer,
        "key",
        "This isn't the ARN of an application inference profile, or of a provisioned, imported or custom model. Such an ARN looks like " +
          "`arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6`.",
      );
    }
    checkModelId(id, pointer, report);
  }
}

/** The settings of models on this machine. */
function checkLocal(root: unknown, report: Report): void {
  checkModelId(member(root, "as"), "/as", report);
  const preload = member(root, "preload");
  if (Array.isArray(preload)) {
    for (const [i, id] of preload.entries()) checkModelId(id, pointerTo("/preload", i), report);
  }
  const [small, strict, modelFile] = ["small", "strict", "modelFile"].map((key) => member(root, key));
  if (small === true && strict === true) {
    report("/small", "key", "`strict` refuses every stand-in, and `small` names one: leave one of them out.");
  }
  if (small === true && modelFile !== undefined) {
    report("/small", "key", "`small` names a model, and so does `modelFile`: leave one of them out.");
  }
  if (member(root, "as") !== undefined && modelFile === undefined) {
    report("/as", "key", "`as` names the model in `modelFile`: write that too.");
  }
}

function checkModelId(id: unknown, pointer: string, report: Report): void {
  if (typeof id === "string" && id !== "" && !parseModelId(id)) report(pointer, "value", unknownModel(id));
}

function unknownModel(id: string): string {
  const ids = llamaModels.map((model) => model.id);
  const guess = closest(id, ids);
  const hint =
    guess === undefined ? `Write, for example, \`${ids.at(-3) ?? ""}\`.` : `Did you mean \`${guess}\`?`;
  return `\`${id}\` isn't the id of a Llama model on Bedrock. ${hint}`;
}

type Entries = readonly (readonly [string, unknown])[];

/** The settings of a section; none if it isn't one. */
function entriesOf(root: unknown, key: string): Entries {
  const section = member(root, key);
  return isRecord(section) ? Object.entries(section) : [];
}

function member(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
