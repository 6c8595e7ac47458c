import { expect } from "vitest";

import type { WholeResponse } from "../../server/support/http.js";
import type { Recording } from "../../server/support/recording.js";
import type { Difference, Recorder } from "./recorded-exchanges.js";
import { cutMessages, type WireMessage } from "./wire-messages.js";

type Headers = Recording["response"]["headers"];

/** Headers whose value is another one each time. */
const VARYING = ["date", "x-amzn-requestid", "x-amzn-bedrock-invocation-latency"];

/** Headers that belong to HTTP/1.1. */
const HTTP_1_ONLY = ["connection", "transfer-encoding"];

/** A key of `usage` that answers before November 2025 don't have. */
const SERVER_TOOL_USAGE = '"serverToolUsage":{},';

/** The ids of tool uses: Bedrock's of November 2025 and Cria's, which has the form of Bedrock's of 2026. */
const RECORDED_TOOL_USE_ID = /"tooluse_[\w-]{22}"/gu;
const TOOL_USE_ID = /"tooluse_[A-Za-z0-9]{22}"/gu;

/** Expects the names, order and values of the recorded headers, as far as the recorder kept them. */
export function expectHeaders(
  response: WholeResponse,
  { response: recorded }: Recording,
  recorder: Recorder,
  difference: Difference | undefined,
): void {
  const overHttp2 = response.headers.some(([name]) => name === ":status");
  const ignored = [...recorder.dropped, ...(overHttp2 ? HTTP_1_ONLY : [])];
  // a latency with another number of digits changes the length, as does another key
  const text = recorded.body.toString();
  const lengthVaries = withoutTimes(text) !== text || difference !== undefined;
  const varying = lengthVaries ? [...VARYING, "content-length"] : VARYING;
  const comparable = (headers: Headers) => {
    const pairs = headers
      .filter(([name]) => !name.startsWith(":") && !ignored.includes(name.toLowerCase()))
      .map(([name, value]) => [
        recorder.headerCase && !overHttp2 ? name : name.toLowerCase(),
        varying.includes(name.toLowerCase()) ? "varies" : value,
      ]);
    return recorder.headerOrder ? pairs : pairs.sort(([one = ""], [other = ""]) => (one < other ? -1 : 1));
  };
  expect(comparable(response.headers)).toEqual(comparable(recorded.headers));
  const length = response.header("content-length");
  if (length !== undefined) expect(length).toBe(String(response.body.length));
}

/** Expects the recorded body; its bytes, but for what differs each time and for the difference that is known. */
export function expectBody(
  response: WholeResponse,
  { response: recorded }: Recording,
  difference: Difference | undefined,
): void {
  if (response.header("content-type") === "application/json") {
    expect(comparableJson(response.body.toString(), TOOL_USE_ID, difference)).toBe(
      comparableJson(recorded.body.toString(), RECORDED_TOOL_USE_ID, undefined),
    );
    return;
  }
  const [sent, expected] = [cutMessages(response.body), cutMessages(recorded.body)];
  if (difference === "severalTokensInOneDelta") expectJoinedDeltas(sent, expected);
  else expectMessages(sent, expected, difference);
}

/** Values that differ between exchanges, matched as any number: on a fast machine a time may be 0. */
function withoutTimes(json: string): string {
  return json.replaceAll(/"(invocationLatency|firstByteLatency|latencyMs)":\d+/gu, '"$1":"a time"');
}

function comparableJson(json: string, toolUseId: RegExp, difference: Difference | undefined): string {
  const text = withoutTimes(json).replaceAll(toolUseId, '"an id"');
  return difference === "serverToolUsage" ? withoutServerToolUsage(text) : text;
}

/** Takes away the key that an older answer doesn't have; it must be there. */
function withoutServerToolUsage(json: string): string {
  expect(json).toContain(SERVER_TOOL_USAGE);
  return json.replace(SERVER_TOOL_USAGE, "");
}

/** Message by message, and byte by byte those without a latency, their checksums included. */
function expectMessages(
  sent: readonly WireMessage[],
  expected: readonly WireMessage[],
  difference: Difference | undefined,
): void {
  const timeless = ({ payload }: WireMessage) => withoutTimes(payload) === payload;
  const opened = (known: Difference | undefined) => (message: WireMessage) => [
    message.headers,
    comparableJson(message.payload, TOOL_USE_ID, timeless(message) ? undefined : known),
  ];
  expect(sent.map(opened(difference))).toEqual(expected.map(opened(undefined)));
  const bytes = (messages: readonly WireMessage[]) =>
    messages.filter(timeless).map((message) => message.bytes);
  expect(bytes(sent)).toEqual(bytes(expected));
  expect(sent.filter((message) => !timeless(message))).toHaveLength(1);
}

/** Each recorded delta is what some deltas in a row of ours join to. All other messages are the same, but for their padding. */
function expectJoinedDeltas(sent: readonly WireMessage[], expected: readonly WireMessage[]): void {
  const others = (messages: readonly WireMessage[]) =>
    messages.flatMap(({ headers, payload }) =>
      deltaOf(payload) === undefined ? [[headers, withoutTimes(withoutPadding(payload))]] : [],
    );
  expect(others(sent)).toEqual(others(expected));

  const deltas = (messages: readonly WireMessage[]) =>
    messages.map(({ payload }) => deltaOf(payload)).filter((text) => text !== undefined);
  const rest = deltas(sent);
  const joined = deltas(expected).map((text) => {
    let own = rest.shift() ?? "";
    while (own.length < text.length && rest.length > 0) own += rest.shift() ?? "";
    return own;
  });
  expect(joined).toEqual(deltas(expected));
  expect(rest).toEqual([]);
  expect(deltas(sent).length).toBeGreaterThan(deltas(expected).length);
  const own = sent.find(({ payload }) => deltaOf(payload) !== undefined);
  const theirs = expected.find(({ payload }) => deltaOf(payload) !== undefined);
  expect(own?.headers).toBe(theirs?.headers);
  expect(withoutPadding(own?.payload ?? "")).toBe(withoutPadding(theirs?.payload ?? ""));
}

function deltaOf(payload: string): string | undefined {
  return (JSON.parse(payload) as { delta?: { text: string } }).delta?.text;
}

function withoutPadding(payload: string): string {
  return payload.replace(/"p":"\w*"/u, '"p":"any"');
}

/** A random source that yields the recorded lengths of the padding in turn; false if the recording has none. */
export function recordedPadding({ response }: Recording): (() => number) | false {
  const text = response.body.toString("latin1");
  const lengths = [...text.matchAll(/"p":"(\w*)"/gu)].map(([, p = ""]) => p.length);
  if (lengths.length === 0) return false;
  return () => ((lengths.shift() ?? 0) - 2 + 0.5) / 60;
}
