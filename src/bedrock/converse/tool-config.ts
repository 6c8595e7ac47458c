import type { Tool } from "../message.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../parse-json.js";
import type { RequestReader, TextConstraints } from "../request-reader.js";
import {
  documentNotObject,
  fieldUnsupported,
  noTools,
  promptCachingUnsupported,
  schemaTypeNotObject,
  toolAlreadyDefined,
  unionUnset,
} from "./exceptions.js";
import { checkSchema } from "./tool-schema.js";

/** A tool's name (API model, `ToolName`). */
export const TOOL_NAME: TextConstraints = { min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/u };

/** The members of the unions `Tool`, `ToolInputSchema` and `ToolChoice` (API model). */
const TOOLS = ["toolSpec", "systemTool", "cachePoint"] as const;
const INPUT_SCHEMAS = ["json"] as const;
const TOOL_CHOICES = ["auto", "any", "tool"] as const;

/** `toolConfig` as it was read, including what Llama models don't take. */
export interface ToolConfig {
  readonly tools: readonly ToolEntry[];
  /** The member of `toolChoice` that is set; null if none is; undefined without `toolChoice`. */
  readonly choice: (typeof TOOL_CHOICES)[number] | null | undefined;
}

/** A member of `toolConfig.tools`. */
export type ToolEntry =
  ToolSpec | { readonly type: "systemTool" } | { readonly type: "cachePoint" } | { readonly type: "unset" };

interface ToolSpec {
  readonly type: "toolSpec";
  readonly name: string;
  readonly description: string | undefined;
  /** Undefined if the union `inputSchema` sets no member. */
  readonly schema: JsonValue | undefined;
  readonly strict: boolean;
}

/**
 * Reads `toolConfig` with the constraints of the API model.
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
  const spec = reader.object(tool, "toolSpec");
  if (spec) return readToolSpec(reader, spec, `${path}.toolSpec`);
  const systemTool = reader.object(tool, "systemTool");
  if (systemTool) {
    reader.requiredString(systemTool, "name", `${path}.systemTool.name`, TOOL_NAME);
    return { type: "systemTool" };
  }
  return { type: reader.object(tool, "cachePoint") ? "cachePoint" : "unset" };
}

function readToolSpec(reader: RequestReader, spec: JsonObject, path: string): ToolSpec {
  const name = reader.requiredString(spec, "name", `${path}.name`, TOOL_NAME);
  const description = reader.text(spec, "description", `${path}.description`, { min: 1 });
  reader.required(spec, "inputSchema", `${path}.inputSchema`);
  // a document: any JSON value
  const { json } = reader.object(spec, "inputSchema") ?? {};
  const strict = reader.boolean(spec, "strict") ?? false;
  return { type: "toolSpec", name, description, schema: json ?? undefined, strict };
}

function readToolChoice(reader: RequestReader, config: JsonObject, path: string): ToolConfig["choice"] {
  const choice = reader.object(config, "toolChoice");
  if (choice === undefined) return undefined;
  const set = TOOL_CHOICES.find((member) => reader.object(choice, member) !== undefined) ?? null;
  const tool = reader.object(choice, "tool");
  if (tool) reader.requiredString(tool, "name", `${path}.tool.name`, TOOL_NAME);
  return set;
}

/**
 * The tools of a `toolConfig`, after checking Bedrock's rules for them and what Llama models don't take.
 *
 * @throws {BedrockException} a rule is broken.
 */
export function declaredTools({ tools, choice }: ToolConfig): Tool[] {
  if (tools.length === 0) throw noTools();
  if (choice === null) throw unionUnset("ToolChoice", "toolConfig.toolChoice", TOOL_CHOICES);
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
  if (entry.type === "unset") throw unionUnset("Tool", at, TOOLS);
  if (entry.type === "cachePoint") throw promptCachingUnsupported();
  if (entry.type === "systemTool") throw fieldUnsupported(`${at}.systemTool`);
  const { name, description, schema, strict } = entry;
  if (schema === undefined) throw unionUnset("ToolInputSchema", `${at}.toolSpec.inputSchema`, INPUT_SCHEMAS);
  if (!isJsonObject(schema)) throw documentNotObject(`${at}.toolSpec.inputSchema.json`);
  if (schema["type"] !== "object") throw schemaTypeNotObject(`${at}.toolSpec.inputSchema.json.type`);
  checkSchema(schema, `${at}.toolSpec.inputSchema`);
  if (strict) throw fieldUnsupported(`${at}.toolSpec.strict`);
  return { name, description, inputSchema: schema };
}
