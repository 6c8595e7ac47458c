import { describe, expect, it } from "vitest";

import {
  conversationMessages,
  conversationTools,
  type PartCapabilities,
  readConverseRequest,
  RequestReader,
  TEXT_ONLY,
  textMessage,
} from "../../../src/bedrock/index.js";

const ALL: PartCapabilities = { images: true, documents: false, tools: true };

function read(body: object, { streaming = false, capabilities = TEXT_ONLY } = {}) {
  const reader = new RequestReader();
  const request = readConverseRequest(
    reader,
    reader.parse(Buffer.from(JSON.stringify(body))),
    capabilities,
    streaming,
  );
  reader.finish();
  conversationTools(request, streaming);
  return conversationMessages(request, streaming);
}

const user = (...texts: string[]) => ({ role: "user", content: texts.map((text) => ({ text })) });
const assistant = (...texts: string[]) => ({ role: "assistant", content: texts.map((text) => ({ text })) });
const withBlock = (block: object) => ({ messages: [{ role: "user", content: [block] }] });

const CALL = { toolUseId: "t1", name: "add", input: {} };
const TOOLS = { tools: [{ toolSpec: { name: "add", inputSchema: { json: { type: "object" } } } }] };
const PIXEL = { format: "png", source: { bytes: "aGk=" } };
const refused = (message: string) =>
  expect.objectContaining({ type: "ValidationException", message }) as Error;

describe("conversationMessages", () => {
  it("accepts system text, then user and assistant by turns", () => {
    expect(
      read({
        system: [{ text: "Be brief." }],
        messages: [user("Hi"), assistant("Hello."), user("Who are you?")],
      }),
    ).toEqual([
      textMessage("system", "Be brief."),
      textMessage("user", "Hi"),
      textMessage("assistant", "Hello."),
      textMessage("user", "Who are you?"),
    ]);
  });

  it("makes each block a part of its message", () => {
    expect(read({ system: [{ text: "A" }, { text: "B" }], messages: [user("C", "D")] })).toEqual([
      {
        role: "system",
        parts: [
          { type: "text", text: "A" },
          { type: "text", text: "B" },
        ],
      },
      {
        role: "user",
        parts: [
          { type: "text", text: "C" },
          { type: "text", text: "D" },
        ],
      },
    ]);
  });

  it.each([
    [
      "no messages",
      { messages: [] },
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
    ],
    [
      "no member messages",
      {},
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
    ],
    [
      "an assistant first",
      { messages: [assistant("Hi"), user("Hi")] },
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
    ],
    [
      "two answers",
      { messages: [user("Hi"), assistant("Hi"), assistant("Hi"), user("Hi")] },
      "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
    ],
    [
      "an answer last",
      { messages: [user("Hi"), assistant("Hello")] },
      "The model that you are using requires the last turn in the conversation to be a user message. Add a user message to the conversation and try again.",
    ],
    [
      "no content",
      { messages: [user("Hi"), { role: "assistant", content: [] }, user("Hi")] },
      "The content field in the Message object at messages.1 is empty. Add a ContentBlock object to the content field and try again.",
    ],
    [
      "a blank text",
      { messages: [user("Hi", " \n")] },
      "The text field in the ContentBlock object at messages.0.content.1 is blank. Add text to the text field, and try again.",
    ],
    [
      "an image",
      withBlock({ image: PIXEL }),
      "This model doesn't support the image content block that you provided. Update the content block and try again.",
    ],
    [
      "an image that is invalid too",
      withBlock({ image: { format: "bmp", source: { bytes: "not base64" } } }),
      "This model doesn't support the image content block that you provided. Update the content block and try again.",
    ],
    [
      "a document",
      withBlock({ document: { format: "pdf", name: "a", source: { bytes: "aGk=" } } }),
      "This model doesn't support documents.",
    ],
    [
      "a tool's result",
      withBlock({ toolResult: { toolUseId: "1", content: [] } }),
      "This model doesn't support tool use.",
    ],
    ["a call of a tool", withBlock({ toolUse: CALL }), "This model doesn't support tool use."],
    [
      "a system block that isn't text",
      { system: [{ guardContent: { text: { text: "A" } } }], messages: [user("Hi")] },
      "This model doesn't support the guardContent system content block that you provided. Update the content block and try again.",
    ],
    [
      "a system block without a known member",
      { system: [{ text: "A" }, { hologram: {} }], messages: [user("Hi")] },
      "SystemContentBlock object at system.1 must set one of the following keys: text, guardContent, cachePoint.",
    ],
    [
      "a block with two members",
      withBlock({ text: "A", cachePoint: { type: "default" } }),
      "ContentBlock object at messages.0.content.0 can only set one of the following keys: text, image, toolUse, toolResult, document, video, cachePoint, reasoningContent, citationsContent, searchResult.",
    ],
    [
      "a blank system text",
      { system: [{ text: "" }], messages: [user("Hi")] },
      "The text field in the SystemContentBlock object at system.0 is blank. Add text to the text field, and try again.",
    ],
    ["tools", { messages: [user("Hi")], toolConfig: TOOLS }, "This model doesn't support tool use."],
  ])("refuses %s as Bedrock does", (_name, body, message) => {
    expect(() => read(body)).toThrow(refused(message));
  });

  it("refuses tools in other words for a stream", () => {
    const body = { messages: [user("Hi")], toolConfig: TOOLS };
    expect(() => read(body, { streaming: true })).toThrow(
      "This model doesn't support tool use in streaming mode.",
    );
  });

  it("refuses a block without a known member", () => {
    expect(() => read(withBlock({ hologram: {} }))).toThrow(
      /^ContentBlock object at messages\.0\.content\.0 must set one of the following keys: text, image,/u,
    );
  });
});

describe("for a model that takes images and tools", () => {
  const takes = (body: object, capabilities = ALL) => read(body, { capabilities });

  it("reads every part", () => {
    const toolUse = { toolUseId: "t1", name: "add", input: { a: [1, null], b: "2" } };
    const toolResult = {
      toolUseId: "t1",
      status: "success",
      content: [{ text: "5" }, { json: { sum: 5 } }, { image: PIXEL }],
    };
    const image = { type: "image", format: "png", bytes: new TextEncoder().encode("hi") };
    expect(
      takes({
        messages: [
          { role: "user", content: [{ image: PIXEL }, { text: "What's 2 + 3?" }] },
          { role: "assistant", content: [{ toolUse }] },
          { role: "user", content: [{ toolResult }] },
        ],
        toolConfig: TOOLS,
      }),
    ).toEqual([
      { role: "user", parts: [image, { type: "text", text: "What's 2 + 3?" }] },
      { role: "assistant", parts: [{ type: "toolUse", id: "t1", name: "add", input: toolUse.input }] },
      {
        role: "user",
        parts: [
          {
            type: "toolResult",
            toolUseId: "t1",
            status: "success",
            content: [{ type: "text", text: "5" }, { type: "json", value: { sum: 5 } }, image],
          },
        ],
      },
    ]);
  });

  it.each([
    [
      "an image, if the model takes only tools",
      { image: PIXEL },
      { images: false, documents: false, tools: true },
      /^This model doesn't support the image content block/u,
    ],
    [
      "an image in a tool's result, if the model takes only tools",
      { toolResult: { toolUseId: "t1", content: [{ image: PIXEL }] } },
      { images: false, documents: false, tools: true },
      /^This model doesn't support the image content block/u,
    ],
    [
      "a tool's result, if the model takes only images",
      { toolResult: { toolUseId: "t1", content: [{ image: PIXEL }] } },
      { images: true, documents: false, tools: false },
      /^This model doesn't support tool use[.]$/u,
    ],
    [
      "a document in a tool's result",
      { toolResult: { toolUseId: "t1", content: [{ document: {} }] } },
      ALL,
      /^This model doesn't support documents[.]$/u,
    ],
    [
      "a tool's result with two members in a block",
      { toolResult: { toolUseId: "t1", content: [{ text: "A" }, { text: "B", json: {} }] } },
      ALL,
      /^ToolResultContentBlock object at messages[.]0[.]content[.]0[.]toolResult[.]content[.]1 can only set one of the following keys: json, text, image, document, video, searchResult[.]$/u,
    ],
    [
      "an image in S3",
      { image: { format: "png", source: { s3Location: { uri: "s3://bucket/b" } } } },
      ALL,
      /^This model doesn't support the s3Location field[.] Remove s3Location and try again[.]$/u,
    ],
  ])("refuses %s", (_, block, capabilities, message) => {
    expect(() => takes(withBlock(block), capabilities)).toThrow(message);
  });

  it("reports all violations of the API model together", () => {
    const content = [
      { image: { format: "bmp", source: { bytes: "aGk=" } } },
      { image: { format: "png" } },
      { toolUse: {} },
      { toolResult: { status: "so-so", content: null } },
    ];
    expect(() => takes({ messages: [{ role: "user", content }] })).toThrow(
      "8 validation errors detected: " +
        [
          "Value at 'messages.1.member.content.1.member.image.format' failed to satisfy constraint: Member must satisfy enum value set: [png, jpeg, gif, webp]",
          "Value at 'messages.1.member.content.2.member.image.source' failed to satisfy constraint: Member must not be null",
          "Value at 'messages.1.member.content.3.member.toolUse.toolUseId' failed to satisfy constraint: Member must not be null",
          "Value at 'messages.1.member.content.3.member.toolUse.name' failed to satisfy constraint: Member must not be null",
          "Value at 'messages.1.member.content.3.member.toolUse.input' failed to satisfy constraint: Member must not be null",
          "Value at 'messages.1.member.content.4.member.toolResult.toolUseId' failed to satisfy constraint: Member must not be null",
          "Value at 'messages.1.member.content.4.member.toolResult.status' failed to satisfy constraint: Member must satisfy enum value set: [success, error]",
          "Value at 'messages.1.member.content.4.member.toolResult.content' failed to satisfy constraint: Member must not be null",
        ].join("; "),
    );
  });

  it.each([
    { text: 5 },
    { image: 5 },
    { image: { format: "png", source: { bytes: "not base64" } } },
    { toolUse: [] },
  ])("refuses a wrong type: %j", (block) => {
    expect(() => takes(withBlock(block))).toThrow(
      expect.objectContaining({ type: "SerializationException" }),
    );
  });
});
