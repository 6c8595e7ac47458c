import { describe, expect, it } from "vitest";

import { RequestReader, conversationText, readConverseRequest } from "../../../src/bedrock/index.js";

function read(body: object, streaming = false) {
  const reader = new RequestReader();
  const request = readConverseRequest(reader, reader.parse(Buffer.from(JSON.stringify(body))));
  reader.finish();
  return conversationText(request, streaming);
}

const user = (...texts: string[]) => ({ role: "user", content: texts.map((text) => ({ text })) });
const assistant = (...texts: string[]) => ({ role: "assistant", content: texts.map((text) => ({ text })) });
const withBlock = (block: object) => ({ messages: [{ role: "user", content: [block] }] });

describe("conversationText", () => {
  it("takes system, user and assistant by turns", () => {
    expect(
      read({
        system: [{ text: "Be brief." }],
        messages: [user("Hi"), assistant("Hello."), user("Who are you?")],
      }),
    ).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello." },
      { role: "user", content: "Who are you?" },
    ]);
  });

  it("puts the blocks of a turn on lines of their own", () => {
    expect(read({ system: [{ text: "A" }, { text: "B" }], messages: [user("C", "D")] })).toEqual([
      { role: "system", content: "A\nB" },
      { role: "user", content: "C\nD" },
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
      "two questions",
      { messages: [user("Hi"), user("Hi")] },
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
      withBlock({ image: { format: "png", source: { bytes: "aGk=" } } }),
      "This model doesn't support the image content block that you provided. Update the content block and try again.",
    ],
    [
      "a document",
      withBlock({ document: { format: "pdf", name: "a", source: { bytes: "aGk=" } } }),
      "This model doesn't support documents.",
    ],
    [
      "a tool's result",
      withBlock({ toolResult: { toolUseId: "1" } }),
      "This model doesn't support tool use.",
    ],
    ["tools", { messages: [user("Hi")], toolConfig: { tools: [] } }, "This model doesn't support tool use."],
  ])("refuses %s as Bedrock does", (_name, body, message) => {
    expect(() => read(body)).toThrow(
      expect.objectContaining({ type: "ValidationException", message }) as Error,
    );
  });

  it("words the refusal of tools after the stream", () => {
    const body = { messages: [user("Hi")], toolConfig: {} };
    expect(() => read(body, true)).toThrow("This model doesn't support tool use in streaming mode.");
  });

  it("refuses a block without a member it knows", () => {
    expect(() => read(withBlock({ hologram: {} }))).toThrow(
      /^The ContentBlock object at messages\.0\.content\.0 must set one of the following keys: text, image,/u,
    );
  });
});
