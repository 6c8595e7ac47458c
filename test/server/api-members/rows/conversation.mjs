import { INFERRED, noField, QUOTED, QUOTED_OF_OTHERS, violation } from "./known.mjs";

const CACHE_POINT = { cachePoint: { type: "default" } };

/** Why a cache point is refused, wherever it is. */
export const NO_CACHING = {
  status: 403,
  type: "AccessDeniedException",
  message:
    "You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.",
  known: QUOTED_OF_OTHERS,
};

const TEXT_ONLY_MODEL = "us.meta.llama3-2-3b-instruct-v1:0";
const SPEC = { name: "add", description: "Adds.", inputSchema: { json: { type: "object" } } };
const tools = (...list) => ({ toolConfig: { tools: list } });
const spec = (members) => tools({ toolSpec: { ...SPEC, ...members } });
const choice = (toolChoice) => ({ toolConfig: { tools: [{ toolSpec: SPEC }], toolChoice } });
const IN_A_STREAM = {
  message: "This model doesn't support tool use in streaming mode.",
  known: QUOTED,
};

/** The model and the turns. @type {readonly import("../rows.mjs").Row[]} */
export const turns = [
  {
    member: "modelId",
    does: "used",
    cases: [
      { sends: {}, prompt: "Hi" },
      {
        when: "no Llama model",
        sends: {},
        model: "meta.llama9",
        refusal: { message: "The provided model identifier is invalid.", known: "recorded" },
      },
      {
        when: "a base model",
        sends: {},
        model: "meta.llama2-13b-v1",
        refusal: {
          message:
            "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
          known: QUOTED,
        },
      },
    ],
  },
  {
    member: "messages[].role",
    does: "used",
    cases: [
      {
        sends: {
          messages: [
            { role: "user", content: [{ text: "Hi" }] },
            { role: "assistant", content: [{ text: "Hello." }] },
            { role: "user", content: [{ text: "Bye" }] },
          ],
        },
        prompt: "assistant<|header_end|>\n\nHello.",
      },
      {
        when: "another word, `system` too",
        sends: { messages: [{ role: "system", content: [{ text: "Hi" }] }] },
        refusal: {
          ...violation("system", "messages.1.member.role", "satisfy enum value set: [user, assistant]"),
          known: "quoted before the API model had `system`; that it holds for Llama since, inferred",
        },
      },
    ],
  },
  {
    member: "messages[].content[].text",
    does: "used",
    cases: [
      {
        sends: { messages: [{ role: "user", content: [{ text: "Who are you?" }] }] },
        prompt: "Who are you?",
      },
      {
        when: "blank",
        sends: { messages: [{ role: "user", content: [{ text: " " }] }] },
        refusal: {
          message:
            "The text field in the ContentBlock object at messages.0.content.0 is blank. Add text to the text field, and try again.",
          known: QUOTED,
        },
      },
      {
        when: "with another member in its block",
        sends: { messages: [{ role: "user", content: [{ text: "Hi", ...CACHE_POINT }] }] },
        refusal: {
          message:
            "ContentBlock object at messages.0.content.0 can only set one of the following keys: text, image, toolUse, toolResult, document, video, cachePoint, reasoningContent, citationsContent, searchResult.",
          known: QUOTED_OF_OTHERS,
        },
      },
      {
        when: "a block without a member",
        sends: { messages: [{ role: "user", content: [{ hologram: {} }] }] },
        refusal: {
          message:
            "ContentBlock object at messages.0.content.0 must set one of the following keys: text, image, toolUse, toolResult, document, video, cachePoint, reasoningContent, citationsContent, searchResult.",
          known: QUOTED_OF_OTHERS,
        },
      },
    ],
  },
];

/** The system text and the tools. @type {readonly import("../rows.mjs").Row[]} */
export const systemAndTools = [
  {
    member: "system[].text",
    does: "used",
    cases: [
      { sends: { system: [{ text: "Be brief." }] }, prompt: "Be brief." },
      {
        when: "blank",
        sends: { system: [{ text: " " }] },
        refusal: {
          message:
            "The text field in the SystemContentBlock object at system.0 is blank. Add text to the text field, and try again.",
          known: INFERRED,
        },
      },
    ],
  },
  {
    member: "system[].guardContent",
    below: true,
    does: "refused",
    cases: [
      {
        sends: { system: [{ guardContent: { text: { text: "A" } } }] },
        refusal: {
          message:
            "This model doesn't support the guardContent system content block that you provided. Update the content block and try again.",
          known: INFERRED,
        },
      },
    ],
  },
  {
    member: "system[].cachePoint",
    below: true,
    does: "refused",
    cases: [{ sends: { system: [{ text: "Be brief." }, CACHE_POINT] }, refusal: NO_CACHING }],
  },
  {
    member: "toolConfig.tools[].toolSpec.name",
    does: "used",
    note: "tools: Converse alone",
    cases: [
      { sends: spec({}), only: ["Converse"], prompt: '"name": "add"' },
      { when: "in a stream", sends: spec({}), only: ["ConverseStream"], refusal: IN_A_STREAM },
      {
        when: "a model without tools",
        sends: spec({}),
        only: ["Converse"],
        model: TEXT_ONLY_MODEL,
        refusal: { message: "This model doesn't support tool use.", known: "recorded" },
      },
      {
        when: "other characters",
        sends: spec({ name: "a b" }),
        refusal: violation(
          "a b",
          "toolConfig.tools.1.member.toolSpec.name",
          "satisfy regular expression pattern: [a-zA-Z0-9_-]+",
        ),
      },
    ],
  },
  {
    member: "toolConfig.tools[].toolSpec.description",
    does: "used",
    cases: [{ sends: spec({}), only: ["Converse"], prompt: '"description": "Adds."' }],
  },
  {
    member: "toolConfig.tools[].toolSpec.inputSchema.json",
    does: "used",
    cases: [
      {
        sends: spec({ inputSchema: { json: { type: "object", properties: { a: { type: "number" } } } } }),
        only: ["Converse"],
        prompt: '"a": {',
      },
      {
        when: "of another type",
        sends: spec({ inputSchema: { json: { type: "string" } } }),
        only: ["Converse"],
        refusal: {
          message:
            "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.",
          known: QUOTED,
        },
      },
    ],
  },
  {
    member: "toolConfig.tools[].toolSpec.strict",
    does: "checked",
    note: "false has no effect",
    cases: [
      { sends: spec({ strict: false }), only: ["Converse"], prompt: '"name": "add"' },
      {
        when: "true",
        sends: spec({ strict: true }),
        only: ["Converse"],
        refusal: noField("toolConfig.tools.0.toolSpec.strict", INFERRED),
      },
    ],
  },
  {
    member: "toolConfig.tools[].systemTool",
    below: true,
    does: "refused",
    cases: [
      {
        sends: tools({ systemTool: { name: "nova_grounding" } }),
        only: ["Converse"],
        refusal: noField("toolConfig.tools.0.systemTool", INFERRED),
      },
    ],
  },
  {
    member: "toolConfig.tools[].cachePoint",
    below: true,
    does: "refused",
    cases: [
      { sends: tools({ toolSpec: SPEC }, CACHE_POINT), only: ["Converse"], refusal: NO_CACHING },
      { when: "in a stream", sends: tools(CACHE_POINT), only: ["ConverseStream"], refusal: IN_A_STREAM },
    ],
  },
  {
    member: "toolConfig.toolChoice.auto",
    does: "used",
    note: "as without `toolChoice`",
    cases: [{ sends: choice({ auto: {} }), only: ["Converse"], prompt: '"name": "add"' }],
  },
  {
    member: "toolConfig.toolChoice.any",
    does: "refused",
    cases: [
      {
        sends: choice({ any: {} }),
        only: ["Converse"],
        refusal: noField("toolConfig.toolChoice.any", QUOTED),
      },
    ],
  },
  {
    member: "toolConfig.toolChoice.tool",
    below: true,
    does: "refused",
    cases: [
      {
        sends: choice({ tool: { name: "add" } }),
        only: ["Converse"],
        refusal: noField("toolConfig.toolChoice.tool", QUOTED_OF_OTHERS),
      },
    ],
  },
];
