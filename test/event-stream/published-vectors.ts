/**
 * The published test vectors of the format: AWS's own, as its SDK for Go carries them.
 *
 * Origin: Go module github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream v1.7.0, folder `testdata` (bytes as hexadecimal
 * digits here, JSON as literals). Copyright Amazon.com, Inc. or its affiliates. Licence: Apache-2.0.
 */
import type { CorruptPart, Message } from "../../src/event-stream/index.js";

const body = new TextEncoder().encode("{'foo':'bar'}");

export const positiveVectors: readonly { name: string; hex: string; message: Message }[] = [
  {
    name: "empty_message",
    hex: "000000100000000005c248eb7d98c8ff",
    message: { headers: new Map(), body: new Uint8Array() },
  },
  {
    name: "payload_no_headers",
    hex: "0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936",
    message: { headers: new Map(), body },
  },
  {
    name: "int32_header",
    hex: "0000002d0000001041c424b80a6576656e742d74797065040000a00c7b27666f6f273a27626172277d36f480a0",
    message: { headers: new Map([["event-type", { type: "integer", value: 40972 }]]), body },
  },
  {
    name: "payload_one_str_header",
    hex: "0000003d0000002007fd83960c636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b27666f6f273a27626172277d8d9c08b1",
    message: { headers: new Map([["content-type", { type: "string", value: "application/json" }]]), body },
  },
  {
    name: "all_headers",
    hex: "000000cc000000af0fae64ca0a6576656e742d74797065040000a00c0c636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0a626f6f6c2066616c73650109626f6f6c207472756500046279746502cf08627974652062756606001449276d2061206c6974746c6520746561706f74210974696d657374616d70080000000000845fed05696e74313603002a05696e7436340500000000028757b20475756964090102030405060708090a0b0c0d0e0f107b27666f6f273a27626172277daba5f10c",
    message: {
      headers: new Map([
        ["event-type", { type: "integer", value: 40972 }],
        ["content-type", { type: "string", value: "application/json" }],
        ["bool false", { type: "boolean", value: false }],
        ["bool true", { type: "boolean", value: true }],
        ["byte", { type: "byte", value: -49 }],
        ["byte buf", { type: "binary", value: new TextEncoder().encode("I'm a little teapot!") }],
        ["timestamp", { type: "timestamp", value: new Date(8675309) }],
        ["int16", { type: "short", value: 42 }],
        ["int64", { type: "long", value: 42424242n }],
        ["uuid", { type: "uuid", value: "01020304-0506-0708-090a-0b0c0d0e0f10" }],
      ]),
      body,
    },
  },
];

export const negativeVectors: readonly { name: string; hex: string; part: CorruptPart }[] = [
  {
    name: "corrupted_length",
    hex: "0000003e0000002007fd83960c636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b27666f6f273a27626172277d8d9c08b1",
    part: "prelude checksum",
  },
  {
    name: "corrupted_header_len",
    hex: "0000003d0000002107fd83960c636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b27666f6f273a27626172277d8d9c08b1",
    part: "prelude checksum",
  },
  {
    name: "corrupted_headers",
    hex: "0000003d0000002007fd83960c636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b61666f6f273a27626172277d8d9c08b1",
    part: "message checksum",
  },
  {
    name: "corrupted_payload",
    hex: "0000001d00000000fd528c5a5b27666f6f273a27626172277dc3653936",
    part: "message checksum",
  },
];
