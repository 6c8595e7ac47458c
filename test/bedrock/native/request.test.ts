import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BedrockException, parseNativeRequest } from "../../../src/bedrock/index.js";
import { base64, gif, jpeg, png } from "../../support/images.js";

const parse = (text: string, vision = false, images = vision) =>
  parseNativeRequest(new TextEncoder().encode(text), { maxImages: vision ? 2 : 0, images });

function refusal(text: string, vision = false): string {
  try {
    parse(text, vision);
  } catch (error) {
    expect(error).toBeInstanceOf(BedrockException);
    expect(error).toMatchObject({ type: "ValidationException" });
    return (error as Error).message;
  }
  throw new Error(`${text} was accepted`);
}

describe("parseNativeRequest", () => {
  it("fills in Bedrock's defaults", () => {
    expect(parse('{"prompt":"Hi"}')).toEqual({
      prompt: "Hi",
      temperature: 0.5,
      topP: 0.9,
      maxGenLen: 512,
      images: [],
    });
  });

  it("accepts every value within its range", () => {
    const range = fc.double({ min: 0, max: 1, noNaN: true });
    const request = fc.record({
      prompt: fc.string({ minLength: 1, unit: "grapheme" }),
      temperature: range,
      top_p: range,
      max_gen_len: fc.integer({ min: 1, max: 2048 }),
    });
    fc.assert(
      fc.property(request, (value) => {
        const { prompt, temperature, topP, maxGenLen } = parse(JSON.stringify(value));
        const back = { prompt, temperature, top_p: topP, max_gen_len: maxGenLen };
        expect(JSON.stringify(back)).toBe(JSON.stringify(value));
      }),
    );
  });

  it.each(["", "{", "hello", '{"prompt":"\u0000"}', '\ufeff{"prompt":"Hi"}', "{'prompt':'Hi'}"])(
    "refuses %j, which isn't JSON",
    (text) => {
      expect(refusal(text)).toBe("Malformed input request, please reformat your input and try again.");
    },
  );

  it("refuses broken UTF-8 in the same words", () => {
    const body = new Uint8Array([...new TextEncoder().encode('{"prompt":"'), 0xff, 0x22, 0x7d]);
    expect(() => parseNativeRequest(body, { maxImages: 0, images: false })).toThrow(
      "Malformed input request, please",
    );
  });

  it.each([
    ["{}", "#: required key [prompt] not found"],
    ['{"prompt":"Hi","messages":[]}', "#: extraneous key [messages] is not permitted"],
    ['{"prompt":"Hi","__proto__":1}', "#: extraneous key [__proto__] is not permitted"],
    ['{"prompt":"Hi","max_gen_len":8192}', "#/max_gen_len: 8192 is not less or equal to 2048"],
    ['{"prompt":"Hi","max_gen_len":0}', "#/max_gen_len: 0 is not greater or equal to 1"],
    ['{"prompt":"Hi","max_gen_len":8.5}', "#/max_gen_len: expected type: Integer, found: Double"],
    ['{"prompt":"Hi","temperature":1.5}', "#/temperature: 1.5 is not less or equal to 1"],
    ['{"prompt":"Hi","temperature":-1}', "#/temperature: -1 is not greater or equal to 0"],
    ['{"prompt":"Hi","temperature":"hot"}', "#/temperature: expected type: Number, found: String"],
    ['{"prompt":"Hi","top_p":null}', "#/top_p: expected type: Number, found: Null"],
    ['{"prompt":""}', "#/prompt: expected minLength: 1, actual: 0"],
    ['{"prompt":["Hi"]}', "#/prompt: expected type: String, found: JSONArray"],
    ['{"prompt":{}}', "#/prompt: expected type: String, found: JSONObject"],
    ['{"prompt":true}', "#/prompt: expected type: String, found: Boolean"],
    ["[]", "#: expected type: JSONObject, found: JSONArray"],
    ["7", "#: expected type: JSONObject, found: Integer"],
    [
      '{"messages":[],"temperature":2}',
      "#: required key [prompt] not found#: extraneous key [messages] is not permitted#/temperature: 2 is not less or equal to 1",
    ],
  ])("refuses %s in Bedrock's words", (text, violations) => {
    expect(refusal(text)).toBe(
      `Malformed input request: ${violations}, please reformat your input and try again.`,
    );
  });

  it("accepts images only for models that take them", () => {
    const image = png(3, 4);
    const text = JSON.stringify({ prompt: "Hi", images: [base64(image)] });
    expect(parse(text, true).images).toEqual([{ type: "image", format: "png", bytes: image }]);
    expect(refusal(text)).toContain("#: extraneous key [images] is not permitted");
    expect(refusal('{"prompt":"Hi","images":[1]}', true)).toContain(
      "#/images/0: expected type: String, found: Integer",
    );
  });

  it("tells the format of an image by its first bytes", () => {
    const contents = [gif(1, 2), jpeg(3, 4)];
    const { images } = parse(JSON.stringify({ prompt: "Hi", images: contents.map(base64) }), true);
    expect(images.map(({ format }) => format)).toEqual(["gif", "jpeg"]);
  });

  it.each([
    ["more than the model takes", [png(1, 1), png(1, 1), png(1, 1)].map(base64)],
    ["no image", ["AAAA"]],
    ["an empty one", [""]],
    ["one that isn't base64", ["not base64!"]],
    ["one that is cut", [base64(png(1, 1).subarray(0, 20))]],
  ])("refuses images: %s", (_, images) => {
    expect(refusal(JSON.stringify({ prompt: "Hi", images }), true)).toBe("Validation Error");
  });

  it("refuses images that the model takes on Bedrock but not here, and accepts an empty list", () => {
    expect(() => parse('{"prompt":"Hi","images":["AAAA"]}', true, false)).toThrow(
      "Cria's models read no images: leave `images` out.",
    );
    expect(parse('{"prompt":"Hi","images":[]}', true, false).images).toEqual([]);
  });

  it("keeps its message short for any number of violations", () => {
    const keys = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`${i}${"x".repeat(1000)}`, 1]));
    expect(refusal(JSON.stringify(keys)).length).toBeLessThan(6_000);
  });
});
