import { NO_CACHING } from "./conversation.mjs";
import { INFERRED, noField, QUOTED, QUOTED_OF_OTHERS, violation } from "./known.mjs";

const TEXT_ONLY_MODEL = "us.meta.llama3-2-3b-instruct-v1:0";

/** A white PNG of one pixel. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

const user = (...content) => ({ role: "user", content });
const assistant = (...content) => ({ role: "assistant", content });
const block = (content) => ({ messages: [user(content)] });
const TOOLS = {
  toolConfig: { tools: [{ toolSpec: { name: "add", inputSchema: { json: { type: "object" } } } }] },
};
const USE = { toolUseId: "t1", name: "add", input: { a: 2 } };

/** A conversation in which a tool was called. */
function called({ use = {}, result = {} } = {}) {
  return {
    messages: [
      user({ text: "Hi" }),
      assistant({ toolUse: { ...USE, ...use } }),
      user({ toolResult: { toolUseId: "t1", content: [{ text: "5" }], ...result } }),
    ],
    ...TOOLS,
  };
}

const returned = (...content) => called({ result: { content } });
const RESULT = "messages[].content[].toolResult";

const noBlock = (member, known) => ({
  message: `This model doesn't support the ${member} content block that you provided. Update the content block and try again.`,
  known,
});

const image = (members) => ({ image: { format: "png", source: { bytes: PNG }, ...members } });
const document = (members) => ({
  document: { name: "notes", format: "txt", source: { bytes: btoa("Some text.") }, ...members },
});
const besideText = (content) => ({ messages: [user({ text: "Hi" }, content)] });

/** The rows of a block that both a message and a tool's result have. */
function media(at, around, place, only) {
  const rows = [
    ...imageRows(`${at}.image`, (members) => around(image(members)), place),
    ...documentRows(`${at}.document`, (members) => around(document(members)), place),
  ];
  return only ? rows.map((row) => ({ ...row, cases: row.cases.map((one) => ({ ...one, only })) })) : rows;
}

function imageRows(at, sends, place) {
  return [
    {
      member: `${at}.format`,
      does: "used",
      cases: [
        {
          when: "not the file's",
          sends: sends({ format: "jpeg" }),
          refusal: {
            message:
              "The model returned the following errors: The provided image does not match the specified image format.",
            known: QUOTED,
          },
        },
      ],
    },
    {
      member: `${at}.source.bytes`,
      does: "used",
      cases: [
        { sends: sends({}), prompt: "<|image|>" },
        {
          when: "with `s3Location` beside it",
          sends: sends({ source: { bytes: PNG, s3Location: { uri: "s3://bucket/key" } } }),
          refusal: {
            message: `ImageSource object at ${place}.image.source can only set one of the following keys: bytes, s3Location.`,
            known: INFERRED,
          },
        },
        {
          when: "a model that doesn't see",
          sends: block(image({})),
          model: TEXT_ONLY_MODEL,
          refusal: noBlock("image", QUOTED),
        },
      ],
    },
    {
      member: `${at}.source.s3Location`,
      below: true,
      does: "refused",
      cases: [
        {
          sends: sends({ source: { s3Location: { uri: "s3://bucket/key" } } }),
          refusal: noField("s3Location", INFERRED),
        },
      ],
    },
    {
      member: `${at}.error`,
      below: true,
      does: "refused",
      cases: [{ sends: sends({ error: { message: "A" } }), refusal: noField("error", INFERRED) }],
    },
  ];
}

/** Quoted of a document in a message; `at` is where it is. */
const SOURCE_KEYS = (at) => ({
  message: `DocumentSource object at ${at}.document.source must set one of the following keys: bytes, s3Location.`,
  known: QUOTED_OF_OTHERS,
});

function documentRows(at, sends, place) {
  return [
    { member: `${at}.name`, does: "used", cases: [{ sends: sends({}), prompt: "notes" }] },
    {
      member: `${at}.source.bytes`,
      does: "used",
      cases: [
        { sends: sends({}), prompt: "Some text." },
        {
          when: "with `text` beside it",
          sends: sends({ source: { bytes: btoa("Some text."), text: "A" } }),
          refusal: {
            message: `DocumentSource object at ${place}.document.source can only set one of the following keys: bytes, s3Location, text, content.`,
            known: INFERRED,
          },
        },
      ],
    },
    {
      member: `${at}.source.s3Location`,
      below: true,
      does: "refused",
      cases: [
        {
          sends: sends({ source: { s3Location: { uri: "s3://bucket/key" } } }),
          refusal: noField("s3Location", INFERRED),
        },
      ],
    },
    {
      member: `${at}.source.text`,
      does: "refused",
      cases: [{ sends: sends({ source: { text: "A" } }), refusal: SOURCE_KEYS(place) }],
    },
    {
      member: `${at}.source.content`,
      below: true,
      does: "refused",
      cases: [{ sends: sends({ source: { content: [{ text: "A" }] } }), refusal: SOURCE_KEYS(place) }],
    },
    {
      member: `${at}.format`,
      does: "used",
      cases: [
        {
          when: "not the file's",
          sends: sends({ format: "pdf" }),
          refusal: {
            message: "The detected filetype is PLAIN_TEXT, but the provided filetype was PDF.",
            known: QUOTED_OF_OTHERS,
          },
        },
      ],
    },
    {
      member: `${at}.context`,
      does: "refused",
      cases: [{ sends: sends({ context: "A" }), refusal: noField("context", INFERRED) }],
    },
    {
      member: `${at}.citations`,
      below: true,
      does: "refused",
      cases: [
        {
          when: "true",
          sends: sends({ citations: { enabled: true } }),
          refusal: { message: "This model doesn't support citations.", known: QUOTED_OF_OTHERS },
        },
      ],
    },
  ];
}

/** The blocks of messages but for text. @type {readonly import("../rows.mjs").Row[]} */
export const contentBlocks = [
  ...media("messages[].content[]", besideText, "messages.0.content.1"),
  {
    member: "messages[].content[].video",
    below: true,
    does: "refused",
    cases: [
      {
        sends: block({ video: { format: "mp4", source: { bytes: "aGk=" } } }),
        refusal: noBlock("video", QUOTED_OF_OTHERS),
      },
    ],
  },
  {
    member: "messages[].content[].audio",
    below: true,
    does: "refused",
    cases: [
      {
        sends: block({ audio: { format: "mp3", source: { bytes: "aGk=" } } }),
        refusal: noBlock("audio", INFERRED),
      },
    ],
  },
  ...[
    ["toolUseId", "used", '"5"'],
    ["name", "used", '{"name": "add"'],
    ["input", "used", '"parameters": {"a":2}'],
  ].map(([name, does, prompt]) => ({
    member: `messages[].content[].toolUse.${name}`,
    does,
    cases: [{ sends: called(), only: ["Converse"], prompt }],
  })),
  {
    member: "messages[].content[].toolUse.type",
    does: "refused",
    cases: [
      {
        sends: called({ use: { type: "server_tool_use" } }),
        only: ["Converse"],
        refusal: noField("messages.1.content.0.toolUse.type", INFERRED),
      },
    ],
  },
  {
    member: `${RESULT}.toolUseId`,
    does: "used",
    cases: [{ sends: called(), only: ["Converse"], prompt: '"5"' }],
  },
  {
    member: `${RESULT}.content[].json`,
    does: "used",
    cases: [{ sends: returned({ json: { sum: 5 } }), only: ["Converse"], prompt: "sum" }],
  },
  {
    member: `${RESULT}.content[].text`,
    does: "used",
    cases: [{ sends: called(), only: ["Converse"], prompt: '"5"' }],
  },
  ...media(`${RESULT}.content[]`, returned, "messages.2.content.0.toolResult.content.0", ["Converse"]),
  {
    member: `${RESULT}.content[].video`,
    below: true,
    does: "refused",
    cases: [
      {
        sends: returned({ video: { format: "mp4", source: { bytes: "aGk=" } } }),
        only: ["Converse"],
        refusal: noBlock("video", INFERRED),
      },
    ],
  },
  {
    member: `${RESULT}.content[].searchResult`,
    below: true,
    does: "refused",
    cases: [
      {
        sends: returned({ searchResult: { source: "A", title: "B", content: [{ text: "C" }] } }),
        only: ["Converse"],
        refusal: noField("searchResult", QUOTED_OF_OTHERS),
      },
    ],
  },
  {
    member: `${RESULT}.status`,
    does: "checked",
    note: "not in the prompt, as in Bedrock's (computed)",
    cases: [{ sends: called({ result: { status: "error" } }), only: ["Converse"], prompt: '"5"' }],
  },
  {
    member: `${RESULT}.type`,
    does: "refused",
    cases: [
      {
        sends: called({ result: { type: "A" } }),
        only: ["Converse"],
        refusal: noField("messages.2.content.0.toolResult.type", INFERRED),
      },
    ],
  },
  {
    member: "messages[].content[].guardContent",
    below: true,
    does: "refused",
    cases: [
      {
        sends: block({ guardContent: { text: { text: "A", qualifiers: ["query"] } } }),
        refusal: noBlock("guardContent", INFERRED),
      },
    ],
  },
  {
    member: "messages[].content[].cachePoint",
    below: true,
    does: "refused",
    cases: [
      { sends: besideText({ cachePoint: { type: "default", ttl: "5m" } }), refusal: NO_CACHING },
      {
        when: "another time",
        sends: besideText({ cachePoint: { type: "default", ttl: "2m" } }),
        refusal: violation(
          undefined,
          "messages.1.member.content.2.member.cachePoint.ttl",
          "satisfy enum value set: [5m, 1h]",
        ),
      },
    ],
  },
  {
    member: "messages[].content[].reasoningContent",
    below: true,
    does: "refused",
    cases: [
      {
        when: "of the assistant",
        sends: {
          messages: [
            user({ text: "Hi" }),
            assistant({ reasoningContent: { reasoningText: { text: "A" } } }, { text: "Hello" }),
            user({ text: "Bye" }),
          ],
        },
        refusal: {
          message:
            "This model doesn't support the reasoningContent.reasoningText.text field for assistant messages. Remove reasoningContent.reasoningText.text and try again.",
          known: QUOTED_OF_OTHERS,
        },
      },
      {
        when: "of the user",
        sends: block({ reasoningContent: { reasoningText: { text: "A" } } }),
        refusal: {
          message:
            "User messages cannot contain reasoning content. Please remove the reasoning content and try again.",
          known: QUOTED_OF_OTHERS,
        },
      },
    ],
  },
  ...[
    ["citationsContent", { content: [{ text: "A" }] }, INFERRED],
    ["searchResult", { source: "A", title: "B", content: [{ text: "C" }] }, QUOTED_OF_OTHERS],
    ["toolAddition", { tool: { name: "add" } }, INFERRED],
    ["toolRemoval", { tool: { name: "add" } }, INFERRED],
  ].map(([member, value, known]) => ({
    member: `messages[].content[].${member}`,
    below: true,
    does: "refused",
    cases: [{ sends: besideText({ [member]: value }), refusal: noField(member, known) }],
  })),
];
