/** Our codec and that of the official AWS SDK for JavaScript must write the same bytes and read each other's messages. */
import { EventStreamCodec, Int64 } from "@smithy/core/event-streams";
import { fromUtf8, toUtf8 } from "@smithy/core/serde";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeMessage, type HeaderValue, type Message } from "../../src/event-stream/index.js";
import { anyMessage, decodeAll } from "./support.js";

type SdkMessage = Parameters<EventStreamCodec["encode"]>[0];
type SdkHeaderValue = SdkMessage["headers"][string];

const sdk = new EventStreamCodec(toUtf8, fromUtf8);

function toSdk({ headers, body }: Message): SdkMessage {
  return {
    headers: Object.fromEntries(Array.from(headers, ([name, value]) => [name, toSdkValue(value)])),
    body,
  };
}

function toSdkValue(header: HeaderValue): SdkHeaderValue {
  if (header.type !== "long") return header;
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, header.value);
  return { type: "long", value: new Int64(bytes) };
}

/** Messages whose header names keep their order as the keys of an object. */
const message = anyMessage.filter(({ headers }) =>
  [...headers.keys()].every((name) => !/^\d+$/.test(name) && name !== "__proto__"),
);

describe("the AWS SDK's codec", () => {
  it("writes the same bytes", () => {
    fc.assert(
      fc.property(message, (sent) => {
        expect(encodeMessage(sent)).toEqual(sdk.encode(toSdk(sent)));
      }),
    );
  });

  it("reads what Cria writes", () => {
    fc.assert(
      fc.property(message, (sent) => {
        expect(sdk.decode(encodeMessage(sent))).toEqual(toSdk(sent));
      }),
    );
  });

  it("writes what Cria reads", () => {
    fc.assert(
      fc.property(message, (sent) => {
        expect(decodeAll(sdk.encode(toSdk(sent)))).toEqual([sent]);
      }),
    );
  });
});
