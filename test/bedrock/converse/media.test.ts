import { describe, expect, it } from "vitest";

import {
  checkMedia,
  conversationMessages,
  imagesOf,
  type PartCapabilities,
  readConverseRequest,
  RequestReader,
} from "../../../src/bedrock/index.js";
import { base64, gif, jpeg, png, webp } from "../../support/images.js";

const ALL: PartCapabilities = { images: true, documents: true, tools: true };
const TEXT = { text: "What is this?" };
const TOOLS = { tools: [{ toolSpec: { name: "look", inputSchema: { json: { type: "object" } } } }] };

function read(body: object, maxImages = Infinity) {
  const reader = new RequestReader();
  const json = JSON.stringify({ toolConfig: TOOLS, ...body });
  const request = readConverseRequest(reader, reader.parse(Buffer.from(json)), ALL, false);
  reader.finish();
  const messages = conversationMessages(request, false);
  checkMedia(messages, { maxImages });
  return messages;
}

const user = (...content: object[]) => ({ role: "user", content });
const assistant = (...content: object[]) => ({ role: "assistant", content });
const result = (...content: object[]) => user({ toolResult: { toolUseId: "t1", content } });
const CALL = assistant({ toolUse: { toolUseId: "t1", name: "look", input: {} } });
const inResult = (...content: object[]) => ({
  messages: [user(TEXT), CALL, result(...content)],
});
const asked = (...content: object[]) => ({ messages: [user(...content)] });

const image = (content: Uint8Array, format = "png") => ({
  image: { format, source: { bytes: base64(content) } },
});
const source = (of: object, format = "png") => ({ image: { format, source: of } });
const document = (name: string, content: string | Uint8Array, more: object = {}) => ({
  document: { name, source: { bytes: base64(Buffer.from(content)) }, ...more },
});

const refused = (message: string) =>
  expect.objectContaining({ type: "ValidationException", message }) as Error;
const violation = (text: string) => refused(`1 validation error detected: ${text}`);
const repeat = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i));

const MISMATCH =
  "The model returned the following errors: The provided image does not match the specified image format.";

describe("images", () => {
  it("are taken in every format, in a user's turn and in a tool's result", () => {
    const images = [
      image(png(1, 1)),
      image(jpeg(8000, 8000), "jpeg"),
      image(gif(5, 8000), "gif"),
      image(webp("lossy", 3, 3), "webp"),
    ];
    const asks = { messages: [user(...images, TEXT), CALL, result(...images)] };
    expect(imagesOf(read(asks)).map(({ format }) => format)).toEqual([
      ...["png", "jpeg", "gif", "webp"],
      ...["png", "jpeg", "gif", "webp"],
    ]);
  });

  it.each([
    ["JPEG declared as PNG", image(jpeg(2, 2), "png")],
    ["PNG declared as JPEG", image(png(2, 2), "jpeg")],
    ["PNG declared as GIF", image(png(2, 2), "gif")],
    ["GIF declared as WebP", image(gif(2, 2), "webp")],
    ["text declared as PNG", image(Buffer.from("hello"), "png")],
    ["PNG that is cut", image(png(2, 2).subarray(0, 20), "png")],
  ])("are refused in the words quoted of Llama 3.2: %s", (_, block) => {
    expect(() => read(asked(block, TEXT))).toThrow(refused(MISMATCH));
    expect(() => read(inResult(block))).toThrow(refused(MISMATCH));
  });

  it("may have 3.75 MB, and 8,000 pixels each side", () => {
    const sized = (length: number) => {
      const content = new Uint8Array(length);
      content.set(png(4, 4));
      return image(content);
    };
    expect(() => read(asked(sized(3_932_160), TEXT))).not.toThrow();
    expect(() => read(asked(sized(3_932_161), TEXT))).toThrow(
      refused("The maximum image size is 3.75 MB. Reduce the size of your image and retry your request."),
    );
    for (const content of [png(8001, 1), png(1, 8001)])
      expect(() => read(inResult(image(content)))).toThrow(
        refused(
          "The maximum image height and width is 8000 px. Reduce the size of your image and retry your request.",
        ),
      );
  });

  it("may be 20 in a message, those in results included", () => {
    const images = repeat(20, () => image(png(1, 1)));
    const message =
      "You can't include more than 20 images in a message. Reduce the number of images and retry your request.";
    expect(() => read({ messages: [user(...images), CALL, result(...images)] })).not.toThrow();
    expect(() => read(asked(...images, image(png(1, 1))))).toThrow(refused(message));
    expect(() => read(inResult(...images, image(png(1, 1))))).toThrow(refused(message));
  });

  it("may be one in a whole request to Llama 3.2", () => {
    const one = image(png(1, 1));
    const message = "The model returned the following errors: Validation Error";
    expect(() => read(asked(one, TEXT), 1)).not.toThrow();
    expect(() => read(asked(TEXT, one, one), 1)).toThrow(refused(message));
    expect(() => read({ messages: [user(one), assistant({ text: "A dot." }), user(one)] }, 1)).toThrow(
      refused(message),
    );
  });

  it.each([
    ["image", image(png(1, 1))],
    ["document", document("a", "text")],
  ])("and documents are refused in an assistant's turn: %s", (member, block) => {
    expect(() => read({ messages: [user(TEXT), assistant(block), user(TEXT)] })).toThrow(
      refused(
        `This model doesn't support the ${member} field for assistant messages. Remove ${member} and try again.`,
      ),
    );
  });

  it.each([
    [
      source({ s3Location: { uri: "s3://bucket/a.png", bucketOwner: "123456789012" } }),
      "This model doesn't support the s3Location field. Remove s3Location and try again.",
    ],
    [
      { image: { ...image(png(1, 1)).image, error: { message: "broken" } } },
      "This model doesn't support the error field. Remove error and try again.",
    ],
  ])("%j are refused", (block, message) => {
    expect(() => read(asked(block, TEXT))).toThrow(refused(message));
    expect(() => read(inResult(block))).toThrow(refused(message));
  });

  it("need a source", () => {
    const at = (path: string) =>
      refused(`ImageSource object at ${path} must set one of the following keys: bytes, s3Location.`);
    expect(() => read(asked(TEXT, source({})))).toThrow(at("messages.0.content.1.image.source"));
    expect(() => read(inResult({ text: "ok" }, source({ url: "x" })))).toThrow(
      at("messages.2.content.0.toolResult.content.1.image.source"),
    );
  });

  it.each([
    [
      source({ bytes: "" }),
      "Value at 'messages.1.member.content.1.member.image.source.bytes' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      source({ s3Location: {} }),
      "Value at 'messages.1.member.content.1.member.image.source.s3Location.uri' failed to satisfy constraint: Member must not be null",
    ],
    [
      source({ s3Location: { uri: "https://bucket" } }),
      "Value at 'messages.1.member.content.1.member.image.source.s3Location.uri' failed to satisfy constraint: Member must satisfy regular expression pattern: s3://[a-z0-9][\\.\\-a-z0-9]{1,61}[a-z0-9](/.*)?",
    ],
    [
      source({ s3Location: { uri: "s3://bucket", bucketOwner: "me" } }),
      "Value at 'messages.1.member.content.1.member.image.source.s3Location.bucketOwner' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9]{12}",
    ],
  ])("that violate the API model are refused: %j", (block, text) => {
    expect(() => read(asked(block))).toThrow(violation(text));
  });
});

const NAME_RULE =
  "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character. Check that the file name conforms to these restrictions and retry your request.";

describe("documents", () => {
  it("are read as they are sent, with and without a format", () => {
    const messages = read(asked(TEXT, document("a", "A", { format: "md" }), document("b", "B")));
    expect(messages[0]?.parts).toEqual([
      { type: "text", text: "What is this?" },
      { type: "document", name: "a", format: "md", bytes: Uint8Array.from(Buffer.from("A")) },
      { type: "document", name: "b", bytes: Uint8Array.from(Buffer.from("B")) },
    ]);
  });

  it.each(["a", "Test-name (1) [2]", "under_score", " a ", "x".repeat(200)])("may be named %j", (name) => {
    expect(() => read(asked(TEXT, document(name, "A")))).not.toThrow();
  });

  it.each(["report.pdf", "two  spaces", "tab\there", "a\u3000b", "Zoë", "a/b", "#1", "a\n", "分析"])(
    "may not be named %j",
    (name) => {
      expect(() => read(asked(TEXT, document(name, "A")))).toThrow(refused(NAME_RULE));
      expect(() => read(inResult(document(name, "A")))).toThrow(refused(NAME_RULE));
    },
  );

  it("may be five in a request, with five names", () => {
    const documents = (count: number) => repeat(count, (i) => document(`n${i}`, "A"));
    expect(() =>
      read({ messages: [user(TEXT, ...documents(2)), CALL, result(...documents(5).slice(2))] }),
    ).not.toThrow();
    const tooMany =
      "You can't include more than 5 documents in a request. Reduce the number of documents and retry your request.";
    expect(() => read(asked(TEXT, ...documents(6)))).toThrow(refused(tooMany));
    expect(() =>
      read({ messages: [user(TEXT, ...documents(3)), CALL, result(...documents(6).slice(3))] }),
    ).toThrow(refused(tooMany));
    const twice =
      "Messages can't contain duplicate document names. Rename the document and retry your request.";
    expect(() => read(asked(TEXT, document("a", "A"), document("a", "B")))).toThrow(refused(twice));
    expect(() =>
      read({ messages: [user(TEXT, document("a", "A")), CALL, result(document("a", "A"))] }),
    ).toThrow(refused(twice));
  });

  it("need a text beside them, but not in a tool's result", () => {
    const message =
      "A text block must be included when using documents. Add a text block and retry your request.";
    expect(() => read(asked(document("a", "A")))).toThrow(refused(message));
    expect(() => read(asked(document("a", "A"), image(png(1, 1))))).toThrow(refused(message));
    expect(() => read(inResult(document("a", "A")))).not.toThrow();
  });

  it("may have 4.5 MB", () => {
    expect(() => read(asked(TEXT, document("a", "A".repeat(4_500_000))))).not.toThrow();
    expect(() => read(asked(TEXT, document("a", "A".repeat(4_500_001))))).toThrow(
      refused(
        "The maximum document size is 4.5 MB. Reduce the size of your document and retry your request.",
      ),
    );
  });

  it.each([
    ["pdf", "hello", "The detected filetype is PLAIN_TEXT, but the provided filetype was PDF."],
    ["docx", "hello", "The detected filetype is PLAIN_TEXT, but the provided filetype was DOCX."],
    ["csv", "%PDF-1.7", "The detected filetype is PDF, but the provided filetype was CSV."],
    [
      "xlsx",
      "PK\x03\x04 word/document.xml",
      "The detected filetype is DOCX, but the provided filetype was XLSX.",
    ],
  ])("must be what they are declared as: %s, %j", (format, content, message) => {
    expect(() => read(asked(TEXT, document("a", content, { format })))).toThrow(refused(message));
  });

  it.each([
    ["txt", "%PDF-1.7"],
    ["txt", "PK\x03\x04 xl/workbook.xml"],
    ["html", "<p>hello"],
    ["md", "# hello"],
    ["pdf", "%PDF-1.7"],
  ])("are taken if declared as %s: %j", (format, content) => {
    expect(() => read(asked(TEXT, document("a", content, { format })))).not.toThrow();
  });

  it.each([
    [png(1, 1), "image/png"],
    [Buffer.from([1, 0, 2]), "application/octet-stream"],
  ])("must be documents", (content, type) => {
    for (const format of ["txt", "pdf", undefined])
      expect(() => read(asked(TEXT, document("a", content, { format })))).toThrow(
        refused(
          `Unsupported MIME type: ${type}. Retry your request with a supported file type: xlsx, txt, pdf, csv, md, doc, html, xls, docx`,
        ),
      );
  });

  it.each([
    [{ citations: { enabled: true } }, "This model doesn't support citations."],
    [{ source: { text: "A" }, citations: { enabled: true } }, "This model doesn't support citations."],
    [
      { context: "It's a letter." },
      "This model doesn't support the context field. Remove context and try again.",
    ],
    [
      { source: { s3Location: { uri: "s3://bucket/a.pdf" } } },
      "This model doesn't support the s3Location field. Remove s3Location and try again.",
    ],
  ])("are refused with %j", (more, message) => {
    expect(() => read(asked(TEXT, document("a", "A", more)))).toThrow(refused(message));
    expect(() => read(inResult(document("a", "A", more)))).toThrow(refused(message));
  });

  it("are taken with citations switched off", () => {
    expect(() => read(asked(TEXT, document("a", "A", { citations: { enabled: false } })))).not.toThrow();
  });

  it.each([{ text: "A" }, { content: [{ text: "A" }] }, {}])("need bytes: %j", (of) => {
    const at = (path: string) =>
      refused(`DocumentSource object at ${path} must set one of the following keys: bytes, s3Location.`);
    expect(() => read(asked(TEXT, document("a", "A", { source: of })))).toThrow(
      at("messages.0.content.1.document.source"),
    );
    expect(() => read(inResult(document("a", "A", { source: of })))).toThrow(
      at("messages.2.content.0.toolResult.content.0.document.source"),
    );
  });

  it("that violate the API model are refused", () => {
    const content = [
      { document: {} },
      document("", "A", { format: "rtf", citations: {} }),
      document("x".repeat(201), ""),
    ];
    const at = "messages.1.member.content";
    expect(() => read(asked(TEXT, ...content))).toThrow(
      refused(
        "7 validation errors detected: " +
          [
            `Value at '${at}.2.member.document.name' failed to satisfy constraint: Member must not be null`,
            `Value at '${at}.2.member.document.source' failed to satisfy constraint: Member must not be null`,
            `Value at '${at}.3.member.document.format' failed to satisfy constraint: Member must satisfy enum value set: [pdf, csv, doc, docx, xls, xlsx, html, txt, md]`,
            `Value at '${at}.3.member.document.name' failed to satisfy constraint: Member must have length greater than or equal to 1`,
            `Value at '${at}.3.member.document.citations.enabled' failed to satisfy constraint: Member must not be null`,
            `Value at '${at}.4.member.document.name' failed to satisfy constraint: Member must have length less than or equal to 200`,
            `Value at '${at}.4.member.document.source.bytes' failed to satisfy constraint: Member must have length greater than or equal to 1`,
          ].join("; "),
      ),
    );
  });
});
