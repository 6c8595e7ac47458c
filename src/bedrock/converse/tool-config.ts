import { checkShape } from "../api-shape.js";
import type { Tool } from "../message.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../parse-json.js";
import type { RequestReader, TextConstraints } from "../request-reader.js";
import { cachePoint } from "./block-shapes.js";
import {
  documentNotObject,
  fieldUnsupported,
  noTools,
  promptCachingUnsupported,
  schemaTypeNotObject,
  toolAlreadyDefined,
  unionMisused,
} from "./exceptions.js";
import { checkSchema } from "./tool-schema.js";
import { type MisusedUnion, onlyMember, setMembers } from "./union.js";

/** A tool's name (API model, `ToolName`). */
export const TOOL_NAME: TextConstraints = { min: 1, max: 64, pattern: "[a-zA-Z0-9_-]+" };

const TOOL = { shape: "Tool", members: ["toolSpec", "systemTool", "cachePoint"] } as const;
const INPUT_SCHEMA = { shape: "ToolInputSchema", members: ["json"] } as const;
const TOOL_CHOICE = { shape: "ToolChoice", members: ["auto", "any", "tool"] } as const;

/** `toolConfig` as it was read, including what Llama models don't take. */
export interface ToolConfig {
  readonly tools: readonly ToolEntry[];
  /** The member of `toolChoice` that is set; undefined without `toolChoice`. */
  readonly choice: (typeof TOOL_CHOICE.members)[number] | MisusedUnion | undefined;
}

/** A member of `toolConfig.tools`. */
export type ToolEntry =
  | ToolSpec
  | { readonly type: "systemTool" }
  | { readonly type: "cachePoint" }
  | { readonly type: "misused"; readonly union: MisusedUnion };

interface ToolSpec {
  readonly type: "toolSpec";
  readonly name: string;
  readonly description: string | undefined;
  /** Undefined if the union `inputSchema` sets no member. */
  readonly schema: JsonValue | undefined;
  readonly strict: boolean;
}

/**
 * Reads `toolConfig` with the constraints of the API model. An empty list of tools breaks one of them too, but Bedrock refuses it in
 * other words ({@link noTools}).
 *
 * @param at - the path of the conversation in the body, as violations name it: "", or a path that ends with a dot
 * @returns undefined without `toolConfig`
 */
export function readToolConfig(reader: RequestReader, body: JsonObject, at: string): ToolConfig | undefined {
  const config = reader.object(body, "toolConfig");
  if (config === undefined) return undefined;
  const path = `${at}toolConfig`;
  reader.required(config, "tools", `${path}.tools`);
  const tools = (reader.objects(config, "tools") ?? []).map((tool, i) =>
    readTool(reader, tool, `${path}.tools.${i + 1}.member`),
  );
  return { tools, choice: readToolChoice(reader, config, `${path}.toolChoice`) };
}

function readTool(reader: RequestReader, tool: JsonObject, path: string): ToolEntry {
  // whatever is set is checked, also where one too many is
  const spec = reader.object(tool, "toolSpec");
  const read = spec && readToolSpec(reader, spec, `${path}.toolSpec`);
  const systemTool = reader.object(tool, "systemTool");
  if (systemTool) reader.requiredString(systemTool, "name", `${path}.systemTool.name`, TOOL_NAME);
  checkShape(reader, tool, "cachePoint", cachePoint, `${path}.cachePoint`);
  const member = onlyMember(TOOL, setMembers(tool, TOOL));
  if (typeof member !== "string") return { type: "misused", union: member };
  return member === "toolSpec" && read ? read : { type: member === "cachePoint" ? member : "systemTool" };
}

function readToolSpec(reader: RequestReader, spec: JsonObject, path: string): ToolSpec {
  const name = reader.requiredString(spec, "name", `${path}.name`, TOOL_NAME);
  const description = reader.text(spec, "description", `${path}.description`, { min: 1 });
  reader.required(spec, "inputSchema", `${path}.inputSchema`);
  // a member of type Document in the API model: any JSON value may stand here, and which it is comes with the rules
  const { json } = reader.object(spec, "inputSchema") ?? {};
  const strict = reader.boolean(spec, "strict") ?? false;
  return { type: "toolSpec", name, description, schema: json ?? undefined, strict };
}

function readToolChoice(reader: RequestReader, config: JsonObject, path: string): ToolConfig["choice"] {
  const choice = reader.object(config, "toolChoice");
  if (choice === undefined) return undefined;
  reader.object(choice, "auto");
  reader.object(choice, "any");
  const tool = reader.object(choice, "tool");
  if (tool) reader.requiredString(tool, "name", `${path}.tool.name`, TOOL_NAME);
  return onlyMember(TOOL_CHOICE, setMembers(choice, TOOL_CHOICE));
}

/**
 * The tools of a `toolConfig`, after checking Bedrock's rules for them and what Llama models don't take. The order of the checks is
 * inferred.
 *
 * @throws {BedrockException} a rule is broken.
 */
export function declaredTools({ tools, choice }: ToolConfig): Tool[] {
  if (tools.length === 0) throw noTools();
  if (typeof choice === "object") throw unionMisused(choice, "toolConfig.toolChoice");
  if (choice === "any" || choice === "tool") throw fieldUnsupported(`toolConfig.toolChoice.${choice}`);
  const names = new Set<string>();
  return tools.map((entry, i) => {
    const tool = declaredTool(entry, `toolConfig.tools.${i}`);
    if (names.has(tool.name)) throw toolAlreadyDefined(tool.name, i);
    names.add(tool.name);
    return tool;
  });
}

/** @param at - the entry's place, as Bedrock's messages name it */
function declaredTool(entry: ToolEntry, at: string): Tool {
  if (entry.type === "misused") throw unionMisused(entry.union, at);
  if (entry.type === "cachePoint") throw promptCachingUnsupported();
  if (entry.type === "systemTool") throw fieldUnsupported(`${at}.systemTool`);
  const { name, description, schema, strict } = entry;
  const inputSchema = `${at}.toolSpec.inputSchema`;
  if (schema === undefined) throw unionMisused({ ...INPUT_SCHEMA, set: "none" }, inputSchema);
  if (!isJsonObject(schema)) throw documentNotObject(`${inputSchema}.json`);
  if (schema["type"] !== "object") throw schemaTypeNotObject(`${inputSchema}.json.type`);
  checkSchema(schema, inputSchema);
  if (strict) throw fieldUnsupported(`${at}.toolSpec.strict`);
  return { name, description, inputSchema: schema };
}
