import fc from "fast-check";

import type { RawAct } from "../acts.js";
import { damaged, leaveBroken, steps } from "./steps.js";

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;

/** A number in a given number of bytes, one character for each byte. */
function number(value: number, bytes: 1 | 2 | 3): string {
  return String.fromCharCode(...[16, 8, 0].slice(-bytes).map((shift) => (value >> shift) & 0xff));
}

/** Text with its length as a prefix. */
function sized(text: string, bytes: 1 | 2 | 3): string {
  return number(text.length, bytes) + text;
}

const extension = (type: number, text: string) => number(type, 2) + sized(text, 2);

/** A record: type, version, length (RFC 8446, 5.1). */
const record = (type: number, text: string) => number(type, 1) + "\x03\x01" + sized(text, 2);

/** A valid or nearly valid ClientHello (RFC 8446, 4.1.2). */
const hello = fc
  .record({
    version: fc.constantFrom("\x03\x03", "\x03\x03", "\x03\x01", "\x02\x00"),
    session: fc.constantFrom("", "s".repeat(32), "s".repeat(255)),
    ciphers: fc.constantFrom("\x13\x01\x13\x02\xc0\x2f\xc0\x30", "\x00\x00", "", "\xc0\x2f".repeat(1_000)),
    protocols: fc.array(fc.constantFrom("h2", "http/1.1", "", "x".repeat(255)), { maxLength: 3 }),
    extensions: fc.array(
      fc.tuple(fc.nat(60), fc.constantFrom("", "\0", "\x00\x02\x00\x1d", "x".repeat(300))),
      { maxLength: 4 },
    ),
  })
  .map(({ version, session, ciphers, protocols, extensions }) => {
    const alpn = extension(16, sized(protocols.map((name) => sized(name, 1)).join(""), 2));
    const groups = extension(10, sized("\x00\x1d\x00\x17", 2));
    const signatures = extension(13, sized("\x04\x03\x08\x04\x04\x01", 2));
    const more = extensions.map(([type, text]) => extension(type, text));
    const body =
      version +
      "r".repeat(32) +
      sized(session, 1) +
      sized(ciphers, 2) +
      sized("\0", 1) +
      sized([alpn, groups, signatures, ...more].join(""), 2);
    return record(HANDSHAKE, number(CLIENT_HELLO, 1) + sized(body, 3));
  });

/** A record whose stated length exceeds the limit or its real length. */
const lying = fc
  .tuple(fc.nat(0xffff), fc.uint8Array({ maxLength: 40 }))
  .map(([length, bytes]) => `\x16\x03\x01${number(length, 2)}${Buffer.from(bytes).toString("latin1")}`);

const records = fc
  .tuple(
    hello,
    fc.array(fc.tuple(fc.constantFrom(20, 21, 22, 23, 24, 255), fc.uint8Array({ maxLength: 60 })), {
      maxLength: 4,
    }),
  )
  .map(
    ([first, others]) =>
      first + others.map(([type, bytes]) => record(type, Buffer.from(bytes).toString("latin1"))).join(""),
  );

const half = fc.tuple(records, fc.nat()).map(([text, length]) => text.slice(0, 1 + (length % text.length)));

/** Acts of a client that begins a TLS handshake and then breaks the protocol. */
export const tlsAct: fc.Arbitrary<RawAct> = fc
  .oneof(
    records,
    half,
    lying,
    records.chain(damaged).map((text) => `\x16${text}`),
  )
  .chain((text) => fc.tuple(steps(text), leaveBroken))
  .map(([made, leave]) => ({ type: "raw", protocol: "TLS", steps: made, leave, answers: undefined }));
