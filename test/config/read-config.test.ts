import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";

import { configSchema, MAX_CONFIG_BYTES, readConfig } from "../../src/config/index.js";
import { type BedrockUpstream, defaultLimits, type UpstreamServer } from "../../src/server/index.js";

const LLAMA = "meta.llama3-3-70b-instruct-v1:0";
const read = (...lines: string[]) => readConfig(new TextEncoder().encode(lines.join("\n")));
const problems = (...lines: string[]) =>
  read(...lines).problems.map(({ line, column, message }) => [line, column, message]);

test("a whole file becomes settings", () => {
  const { settings, problems: none } = read(
    "# yaml-language-server: $schema=cria.schema.json",
    "listen: { host: 0.0.0.0, port: 8080, tls: { certFile: a.crt, keyFile: a.key } }",
    "keysFile: keys.json",
    "models:",
    `  ${LLAMA}:`,
    "    upstreams:",
    "      - &vllm { url: https://vllm.internal/v1, model: m, dialect: vllm, keyEnv: VLLM_KEY, streams: 8 }",
    "      - { bedrock: us-west-2, profile: p, retries: 2 }",
    "  us.meta.llama4-scout-17b-instruct-v1:0:",
    "    upstream: *vllm",
    "modelMap:",
    `  arn:aws:bedrock:us-east-1:123456789012:imported-model/a1: ${LLAMA}`,
    "memoryBudget: 12GB",
    "limits: { requests: 4096, idleMs: 30000 }",
    "log: { level: warn, format: json }",
    "metrics: true",
    "traces: { endpoint: http://collector:4318 }",
  );
  expect(none).toEqual([]);
  const vllm = {
    ...{ url: "https://vllm.internal/v1", model: "m", dialect: "vllm" },
    ...{ keyEnv: "VLLM_KEY", streams: 8 },
  };
  expect(settings).toEqual({
    listen: { host: "0.0.0.0", port: 8080, tls: { certFile: "a.crt", keyFile: "a.key" } },
    keysFile: "keys.json",
    models: {
      [LLAMA]: { upstreams: [vllm, { bedrock: "us-west-2", profile: "p", retries: 2 }] },
      "us.meta.llama4-scout-17b-instruct-v1:0": { upstream: vllm },
    },
    modelMap: { "arn:aws:bedrock:us-east-1:123456789012:imported-model/a1": LLAMA },
    memoryBudget: "12GB",
    limits: { requests: 4096, idleMs: 30_000 },
    log: { level: "warn", format: "json" },
    metrics: true,
    traces: { endpoint: "http://collector:4318" },
  });
});

test.each([
  ["an empty file", ""],
  ["comments alone", "# nothing\n"],
  ["an empty document", "---\n...\n"],
])("%s leaves every default", (_name, text) => {
  expect(read(text)).toMatchObject({ settings: {}, problems: [] });
});

test("metrics may have the server's port on another address, and any free one", () => {
  expect(problems("listen: { host: a }", "metrics: { port: 2742, host: b }")).toEqual([]);
  expect(problems("listen: { port: 0 }", "metrics: { port: 0 }")).toEqual([]);
  for (const host of [
    "0.0.0.0",
    "::",
    "::1",
    "fe80::1%eth0",
    "::ffff:127.0.0.1",
    "localhost",
    "cria.internal",
  ])
    expect(problems(`listen: { host: "${host}" }`)).toEqual([]);
  for (const host of ["http://127.0.0.1", "127.0.0.1:8080", "[::1]", "a b", "a/b"])
    expect(problems(`listen: { host: "${host}" }`).join()).toMatch(
      /`host` must be an address such as 127\.0\.0\.1, or a name, without a scheme or a port/u,
    );
});

test.each([
  ["a byte order mark", "\ufefflisten:\n  port: 80\n"],
  ["line ends of Windows", "listen:\r\n  port: 80\r\n"],
  ["both", "\ufefflisten:\r\n  port: 80\r\n"],
  ["JSON", '{"listen":{"port":80}}'],
  ["tabs between values", "listen:\t{\tport:\t80\t}\t# comment"],
])("%s works", (_name, text) => {
  expect(read(text).settings).toEqual({ listen: { port: 80 } });
});

describe("each problem has its line and column, and what to write", () => {
  test.each<[string, readonly [number, number, string | RegExp]]>([
    // the form of the file
    ["listen: {port: 1", [1, 9, "This { is never closed: write a } where it ends."]],
    ["allowHosts: [a\nauth: keys", [1, 13, "This [ is never closed: write a ] where it ends."]],
    ['{"listen": {"port": 1}', [1, 1, "This { is never closed"]],
    ['{"allowHosts": ["a"}', [1, 16, "This [ is never closed"]],
    [
      "allowHosts: [\na\n]",
      [2, 1, "Spaces are missing here: indent what is between [ and ], and the ] itself"],
    ],
    ['{"auth": "keys"}}', [1, 17, "This } closes nothing: leave it out, or write the { where it begins."]],
    ["auth: keys\n]", [2, 1, "This ] closes nothing"]],
    ["listen:\n\tport: 1", [2, 1, "A tab can't indent in YAML: write spaces."]],
    [
      "listen:\n  port: 1\n host: a",
      [3, 2, "This line is indented in another way than those that it belongs to"],
    ],
    ["allowHosts:\n  - a\n- b", [3, 1, "in another way than those"]],
    ["auth: none\n  strict: true", [2, 3, "This line is indented below one that has a value already"]],
    ["listen:\n  port: 1\n    host: a", [3, 5, "indented below one that has a value already"]],
    ["listen: port: 1", [1, 9, "There are two keys on one line: put the second on a line of its own"]],
    ['auth: "keys', [1, 7, 'This quotation mark is never closed: write " where the text ends.']],
    ["auth: 'keys\nstrict: true\n", [1, 7, "never closed: write ' where the text ends."]],
    ['{"auth": "keys}', [1, 10, "This quotation mark is never closed"]],
    [
      "auth: 'it's'",
      [1, 11, "The value has ended before this: leave it out. If it belongs to the text, write"],
    ],
    ["auth: {} keys", [1, 10, "The value has ended before this"]],
    ['{\n  "auth": "keys"\n  "strict": true\n}', [3, 3, "A comma or a colon is missing before this"]],
    ['{\n  "sequences": 2\n  "strict": true\n}', [2, 16, "A comma is missing behind this"]],
    ['{"auth" "keys"}', [1, 9, "A comma or a colon is missing before this"]],
    ["allowHosts: [a,, b]", [1, 16, "A value is missing before this comma, or there is a comma too many"]],
    ['{"strict": true}\n// strict', [2, 1, "begin comments with #"]],
    ['{"strict": true}\n{"small": true}', [2, 1, "What is above ends before this line"]],
    [
      "allowHosts: - a",
      [1, 13, "A list can't begin behind its key: write each `- ` on a line of its own below"],
    ],
    ["port:80\nauth: keys", [1, 1, "A space is missing behind the colon"]],
    ["auth: keys\nport:80", [2, 1, "A space is missing behind the colon"]],
    ["auth: keys\nstrict", [2, 1, "A colon is missing here"]],
    ["auth: @x", [1, 7, "A text can't begin with @ in YAML: write it in quotes."]],
    ["auth: `x`", [1, 7, "A text can't begin with ` in YAML: write it in quotes."]],
    ["auth: &", [1, 7, 'A & begins an anchor in YAML: write it in quotes, as "&".']],
    ["auth: &a: b", [1, 9, "write a space before the colon"]],
    [
      'modelFile: "C:\\models"',
      [1, 15, "In double quotes a \\ needs a known letter behind it: write \\\\ for a backslash"],
    ],
    ["auth: 'keys'#x", [1, 13, "A # begins a comment only behind a space"]],
    ["auth: |x\n  keys", [1, 8, "begin the text on the next line"]],
    ["%YAML 1.1\nauth: keys", [1, 1, "A line that begins with % is for programs that read YAML"]],
    ["%X\n---\nauth: keys", [1, 1, "A line that begins with % is for programs"]],
    ["--- auth: keys", [1, 5, "Settings can't begin behind `---`"]],
    [`${"k".repeat(1_100)}: 1`, [1, 1, "A key is longer than 1024 characters"]],
    ["auth: keys\nauth: none", [2, 1, "`auth` is here a second time: keep one of the two."]],
    ["listen:\n  port: 1\n  port: 2", [3, 3, "`port` is here a second time"]],
    ["---\nauth: keys\n---\nauth: none", [3, 1, "A second document begins here"]],
    ["auth: !secret keys", [1, 7, "Tags such as !name"]],
    ["auth: !!str keys", [1, 7, "Tags such as !name or !!int aren't known here: write the value alone"]],
    ["listen: { port: !!int 80 }", [1, 17, "Tags such as"]],
    ["models: !!binary aGVsbG8=", [1, 9, "Tags such as"]],
    ["listen: !!omap [port: 3]", [1, 9, "Tags such as"]],
    ["limits: !!set { requests }", [1, 9, "Tags such as"]],
    ["metrics: !!timestamp 2001-01-01", [1, 10, "Tags such as"]],
    ["auth: !<x> keys", [1, 7, "Tags such as"]],
    ["auth: ! keys", [1, 7, "Tags such as"]],
    ["!!str auth: keys", [1, 1, "Tags such as"]],
    ["!!map { auth: keys }", [1, 1, "Tags such as"]],
    ["allowHosts:\n  - !!str a", [2, 5, "Tags such as"]],
    ["auth: *none", [1, 7, "no anchor &none before"]],
    ["allowHosts: &a [*a]", [1, 16, "goes beyond 10000 values or 20 levels"]],
    ["? [a]\n: 1", [1, 3, "A key must be a text"]],
    ["- auth", [1, 1, "must hold settings such as `listen:`, and it is a list"]],
    ["auth", [1, 1, "must hold settings such as `listen:`, and it is a text"]],
    ["<<: { auth: keys }", [1, 1, "Merge keys (<<) aren't known here"]],
    ["allowOrigins: [*]", [1, 16, 'A * begins an alias in YAML: write it in quotes, as "*".']],
    [
      "models:\n  llama\n    upstream: {}",
      [2, 3, "The colon of this key is missing: its line ends without one"],
    ],
    ["listen:\r  port: x", [2, 9, "from 0 to 65535"]],
    // keys
    ["listen:\n  prot: 1", [2, 3, "There is no `prot` in `listen`. There are host, port and tls."]],
    ["listen:\n  hots: a", [2, 3, "There is no `hots` in `listen`. There are host, port and tls."]],
    ["allow_origin: []", [1, 1, "There is no `allow_origin` here. Did you mean `allowOrigins`?"]],
    ["allow-hosts: []", [1, 1, "Did you mean `allowHosts`?"]],
    ["limit: {}", [1, 1, "Did you mean `limits`?"]],
    ["limits: { request: 1 }", [1, 11, "Did you mean `requests`?"]],
    ["shape: round", [1, 1, "There is no `shape` here. docs/configuration.md has every setting."]],
    // where it belongs
    [
      `${LLAMA}: { upstream: { url: http://a } }`,
      [
        1,
        1,
        `There is no \`${LLAMA}\` here. It belongs below \`models\`: write \`models:\`, and on the next line, with spaces before it, \`${LLAMA}:\`.`,
      ],
    ],
    ["us.meta.llama3-3-70b-instruct-v1:0: {}", [1, 1, "It belongs below `models`"]],
    [
      `arn:aws:bedrock:us-east-1:123456789012:imported-model/a1: ${LLAMA}`,
      [1, 1, "It belongs below `modelMap`"],
    ],
    [
      "upstream: http://a",
      [1, 1, "There is no `upstream` here. It belongs below the id of a model in `models`."],
    ],
    ["upstreams: []", [1, 1, "It belongs below the id of a model in `models`."]],
    ["url: http://a", [1, 1, "There is no `url` here. It belongs below the `upstream` of a model."]],
    ["dialect: vllm", [1, 1, "It belongs below the `upstream` of a model."]],
    ["port: 80", [1, 1, "It belongs below `listen` or `metrics`."]],
    ["host: a", [1, 1, "It belongs below `listen` or `metrics`."]],
    [
      "tls: self-signed",
      [1, 1, "below `listen`: write `listen:`, and on the next line, with spaces before it, `tls:`."],
    ],
    ["idleMs: 75000", [1, 1, "It belongs below `limits`"]],
    ["level: debug", [1, 1, "It belongs below `log`"]],
    ["keyFile: a", [1, 1, "It belongs below `tls` or the `upstream` of a model."]],
    [
      "listen: { auth: none }",
      [
        1,
        11,
        "There is no `auth` in `listen`. It is a setting of the file itself: write it at the beginning of a line.",
      ],
    ],
    ["listen: { requests: 5 }", [1, 11, "It belongs below `limits`"]],
    [
      `models:\n  ${LLAMA}: { upstream: { url: http://a, profile: p } }`,
      [2, 65, "There is no `profile` in `upstream`. There are url, model,"],
    ],
    [
      `models:\n  ${LLAMA}: { upstream: { url: http://a, strict: true } }`,
      [2, 65, "It is a setting of the file itself"],
    ],
    ["__proto__: 1", [1, 1, "There is no `__proto__` here"]],
    ["constructor: {}", [1, 1, "There is no `constructor` here"]],
    ["toString: 1", [1, 1, "There is no `toString` here"]],
    ["12: 1", [1, 1, "There is no `12` here"]],
    // values
    ["listen:\n  port: many", [2, 9, "`port` must be a whole number from 0 to 65535, and it is a text"]],
    ['listen:\n  port: "80"', [2, 9, "Write `port: 80`."]],
    [
      "listen: { port: 65536 }",
      [1, 17, "from 0 to 65535, and it is 65536. Write, for example, `port: 2742`."],
    ],
    ["listen: { port: 1.5 }", [1, 17, "and it is 1.5"]],
    ["listen:", [1, 8, "`listen` must be settings, each on a line of its own below it, and it is empty."]],
    ["listen: [80]", [1, 9, "and it is a list"]],
    ["listen: { host: 127 }", [1, 17, 'and it is 127. Write `host: "127"`.']],
    ["listen: { tls: true }", [1, 16, "must be self-signed, or a certFile and a keyFile, and it is true"]],
    ["listen: { tls: selfsigned }", [1, 16, "Did you mean `tls: self-signed`?"]],
    [
      "listen: { tls: { certFile: a } }",
      [1, 16, "`keyFile` is missing in `tls`: write, for example, `keyFile: /etc/cria/tls.key`."],
    ],
    ["auth: key", [1, 7, "`auth` must be none or keys. Did you mean `auth: keys`?"]],
    ["auth: false", [1, 7, "must be none or keys, and it is false"]],
    [
      "keysFile: ''",
      [1, 11, "`keysFile` is empty: it must be the path of the file with the keys of clients"],
    ],
    ["strict: yes", [1, 9, "`strict` must be true or false, and it is a text. Write `strict: true`."]],
    ["strict: off", [1, 9, "Write `strict: false`."]],
    [
      "allowHosts: cria.internal",
      [1, 13, "must be a list, and it is a text. Write `allowHosts: [cria.internal]`."],
    ],
    ["allowHosts: [https://a]", [1, 14, "must be the name of a host, without a scheme or a port"]],
    [
      "allowOrigins:\n  - https://a.example/path",
      [2, 5, "must be a web origin: a scheme, a host and perhaps a port"],
    ],
    ["metrics: 9464", [1, 10, "must be true, false, or settings such as `port: 9464`, and it is 9464"]],
    ["metrics: { path: /m }", [1, 12, "There is no `path` in `metrics`. There are port, host and auth."]],
    ["traces: { endpoint: collector }", [1, 21, "must be a URL such as http://collector:4318"]],
    ["log: { level: warning }", [1, 15, "Did you mean `level: warn`?"]],
    [
      "memoryBudget: 12 gigs",
      [1, 15, "must be a size such as 12GB. Write, for example, `memoryBudget: 12GB`."],
    ],
    ["contextSize: 8k", [1, 14, "must be a whole number from 16 to 1048576"]],
    // times and sizes
    [
      "limits: { idleMs: 75s }",
      [1, 19, "whole number of milliseconds from 1000 to 86400000, and it is a text. Write `idleMs: 75000`."],
    ],
    ["limits: { idleMs: 2 m }", [1, 19, "Write `idleMs: 120000`."]],
    [
      "limits: { idleMs: 75 }",
      [1, 19, "from 1000 to 86400000, and it is 75. Write, for example, `idleMs: 75000`."],
    ],
    ["limits: { idleMs: 75 parsecs }", [1, 19, "Write, for example, `idleMs: 75000`."]],
    ["limits: { idleMs: 40d }", [1, 19, "Write, for example, `idleMs: 75000`."]],
    ["limits: { silenceMs: .inf }", [1, 22, "and it is Infinity"]],
    ["limits: { stallMs: -1 }", [1, 20, "and it is -1"]],
    ["limits: { headerBytes: 16KiB }", [1, 24, "Write `headerBytes: 16384`."]],
    ["limits: { bodyBytes: 25 MB }", [1, 22, "Write `bodyBytes: 25000000`."]],
    ["limits: { requests: 4k }", [1, 21, "Write, for example, `requests: 2048`."]],
    ["allowOrigins: [a.example]", [1, 16, "Write, for example, `allowOrigins: [https://app.example.com]`."]],
    ["allowHosts: [http://a]", [1, 14, "Write, for example, `allowHosts: [cria.internal]`."]],
    ["allowHosts: [1]", [1, 14, 'and it is 1. Write `allowHosts: ["1"]`.']],
    ["preload: ['']", [1, 11, "Write, for example, `preload: [meta.llama3-8b-instruct-v1:0]`."]],
    ["log: debug", [1, 6, "and it is a text. Write, for example, `log: { level: debug }`."]],
    // models
    [
      "models:\n  llama3:\n    upstream: { url: http://a }",
      [2, 3, "`llama3` isn't the id of a Llama model on Bedrock"],
    ],
    [
      "models:\n  meta.llama3-8b:\n    upstream: { url: http://a }",
      [2, 3, "Did you mean `meta.llama3-8b-instruct-v1:0`?"],
    ],
    [
      `models:\n  ${LLAMA}:`,
      [2, 35, "must be settings, each on a line of its own below it, and it is empty"],
    ],
    [`models:\n  ${LLAMA}: {}`, [2, 36, "says of no server where its requests go"]],
    [
      `models:\n  ${LLAMA}: { upstream: { url: http://a }, upstreams: [{ url: http://b }] }`,
      [2, 36, "keep one of the two"],
    ],
    [`models:\n  ${LLAMA}: { upstreams: [] }`, [2, 49, "`upstreams` is an empty list"]],
    [`models:\n  ${LLAMA}: { upstreams: { url: http://a } }`, [2, 49, "must be a list"]],
    [
      `models:\n  ${LLAMA}: { upstream: http://a }`,
      [
        2,
        48,
        /`upstream` must be settings.* Write, for example, `upstream: \{ url: https:\/\/vllm\.internal\/v1 \}`\.$/u,
      ],
    ],
    [
      `models:\n  ${LLAMA}: http://a`,
      [2, 36, /must be settings.* Write, for example, `meta\.llama3-3.*: \{ upstream: \{ url: /u],
    ],
    [`models:\n  ${LLAMA}: { upstream: { url: "" } }`, [2, 55, "`url` is empty"]],
    [
      `models:\n  ${LLAMA}: { upstream: { url: "http://a:99999" } }`,
      [2, 55, "whether its port is 65535 at most"],
    ],
    [`models:\n  ${LLAMA}: { upstreams: [{ url: "http://[::1/v1" }] }`, [2, 57, "`url` isn't a URL"]],
    [
      `models:\n  ${LLAMA}: { upstream: { bedrock: us-west-2, endpoint: "http://a:b" } }`,
      [2, 80, "`endpoint` isn't a URL"],
    ],
    ["traces: { endpoint: 'http://a:99999' }", [1, 21, "`endpoint` isn't a URL"]],
    [`models:\n  ${LLAMA}: { upstream: {} }`, [2, 48, "`url` is missing in `upstream`"]],
    [
      `models:\n  ${LLAMA}: { upstream: { url: ftp://a } }`,
      [2, 55, "`url` must be a URL such as https://vllm.internal/v1"],
    ],
    [
      `models:\n  ${LLAMA}: { upstream: { url: http://a, dialect: vlm } }`,
      [2, 74, "Did you mean `dialect: vllm`?"],
    ],
    [`models:\n  ${LLAMA}: { upstream: { url: http://a, streams: 0 } }`, [2, 74, "from 1 to 100000"]],
    [
      `models:\n  ${LLAMA}: { upstream: { url: http://a, keyEnv: A, keyFile: b } }`,
      [2, 76, "keep one of the two"],
    ],
    [`models:\n  ${LLAMA}: { upstream: { bedrock: oregon } }`, [2, 59, "an AWS region such as us-west-2"]],
    [
      `models:\n  ${LLAMA}: { upstream: { bedrock: us-west-2, url: http://a } }`,
      [2, 70, "`url` doesn't go with `bedrock`"],
    ],
    [
      `models:\n  ${LLAMA}: { upstream: { url: http://a } }\n  us.${LLAMA}: { upstream: { url: http://a } }`,
      [3, 3, "is here already"],
    ],
    [
      "modelMap: { x: meta.llama2-13b-chat-v1 }",
      [1, 13, "isn't the ARN of an application inference profile"],
    ],
    [
      "modelMap: { meta.llama2-13b-chat-v1: meta.llama2-13b-chat-v1 }",
      [1, 13, "names meta.llama2-13b-chat-v1 already"],
    ],
    [
      "modelMap: { 'arn:aws:bedrock:us-east-1:123456789012:imported-model/a': llama }",
      [1, 72, "isn't the id of a Llama model"],
    ],
    // settings that don't go together
    ["auth: none\nkeysFile: a", [1, 7, "leave out `keysFile`, or write `auth: keys`"]],
    ["listen: { port: 80 }\nmetrics: { port: 80 }", [2, 18, "`port` is the server's own"]],
    ["metrics: { port: 2742 }", [1, 18, "`port` is the server's own"]],
    ["metrics: { port: 2742, host: 127.0.0.1 }", [1, 18, "`port` is the server's own"]],
    ["listen: { host: a }\nmetrics: { port: 2742, host: a }", [2, 18, "`port` is the server's own"]],
    ["as: meta.llama2-13b-chat-v1", [1, 1, "`as` names the model in `modelFile`: write that too."]],
    ["small: true\nstrict: true", [1, 1, "leave one of them out"]],
    ["modelFile: a.gguf\nsmall: true", [2, 1, "leave one of them out"]],
    ["preload:\n  - meta.llama2-13b-chat-v1\n  - lama", [3, 5, "isn't the id of a Llama model"]],
  ])("%j", (text, [line, column, words]) => {
    const found = problems(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toEqual([
      line,
      column,
      expect.stringMatching(words instanceof RegExp ? words : literally(words)),
    ]);
  });

  test("those of the form too, one a line", () => {
    const found = problems(
      "auth: none",
      "  strict: true",
      "allowHosts: !x [a]",
      'modelFile: "\\q"',
      "as: @a",
    );
    expect(found.map(([line, column]) => `${line}:${column}`)).toEqual(["2:3", "3:13", "4:13", "5:5"]);
    for (const [, , message] of found) expect(message).toMatch(/(?:write|leave) .*\.$/u);
  });

  test("all of them, in the order of the file", () => {
    const found = problems(
      "listen: { port: x }",
      "auht: keys",
      "models:",
      "  llama:",
      "    upstream:",
      "      key: abc",
      "limits:",
      "  idleMs: 75s",
    );
    expect(found.map(([line, column]) => `${line}:${column}`)).toEqual([
      "1:17",
      "2:1",
      "4:3",
      "6:7",
      "6:7",
      "8:11",
    ]);
  });
});

function literally(words: string): RegExp {
  return new RegExp(words.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`), "u");
}

describe("a secret", () => {
  const upstream = (text: string) => `models:\n  ${LLAMA}: { upstream: { url: http://a, ${text} } }`;

  test.each(["key", "apiKey", "api_key", "API-KEY", "token", "password", "secretAccessKey", "bearer"])(
    "as `%s` is refused with what to write",
    (key) => {
      expect(problems(upstream(`${key}: sk-secret`))).toEqual([
        [
          2,
          65,
          "A secret never stands in this file: write `keyEnv: VARIABLE`, with the key in that environment variable, or `keyFile: FILE`.",
        ],
      ]);
    },
  );

  test.each([
    upstream("keyEnv: sk-secret"),
    upstream("keyFile: [sk-secret]"),
    upstream("dialect: sk-secret"),
    `models:\n  ${LLAMA}: { upstream: { url: "http://sk-secret:sk-secret@a" } }`,
    `models:\n  ${LLAMA}: { upstream: { url: "http://a?key=sk-secret" } }`,
    "traces: { endpoint: 'http://sk-secret@a' }",
    "allowOrigins: ['https://u:sk-secret@a']",
    "auth: sk-secret",
    "auth: !sk-secret a",
    "keysFile: [sk-secret]",
  ])("in the wrong place isn't repeated: %j", (text) => {
    const found = read(text).problems;
    expect(found).toHaveLength(1);
    expect(found[0]?.message).not.toContain("sk-secret");
  });
});

describe("a file that would take long, or much", () => {
  test("by its length is refused", () => {
    const { settings, problems: found } = readConfig(new Uint8Array(MAX_CONFIG_BYTES + 1).fill(32));
    expect(settings).toBeUndefined();
    expect(found).toEqual([{ message: "The file is longer than 262144 bytes. Is it the right one?" }]);
  });

  test("by aliases of aliases is refused", () => {
    const lines = Array.from("bcdefghijkl").map((name, i) => {
      const of = `*${"abcdefghijkl"[i] ?? ""}`;
      return `${name}: &${name} [${Array(10).fill(of).join(", ")}]`;
    });
    expect(read("a: &a [1]", ...lines).problems).toContainEqual(
      expect.objectContaining({ message: expect.stringMatching(/goes beyond 10000 values/u) as string }),
    );
  });

  test.each([
    ["brackets", "a: " + "[".repeat(20_000)],
    ["dashes", "- ".repeat(20_000)],
    ["braces", "a: " + "{a: ".repeat(20_000)],
    ["question marks", "? ".repeat(20_000)],
  ])("by its depth of %s is refused", (_name, text) => {
    expect(problems(text)[0]?.[2]).toBe("Settings are nested too deeply here: 20 levels are enough.");
  });

  test("by its keys is read in time", () => {
    const keys = Array.from({ length: 5_000 }, (_, i) => `k${i}: 1`);
    expect(read(...keys).problems).toHaveLength(5_000);
  });
});

describe("bytes", () => {
  test.each([
    [
      "of UTF-16, as PowerShell writes",
      Buffer.from("\ufeffauth: keys", "utf16le"),
      undefined,
      "save it as UTF-8",
    ],
    ["of Latin-1", Buffer.from("auth: keys\n# caf\xe9", "latin1"), 2, "isn't UTF-8"],
  ])("%s", (_name, bytes, line, words) => {
    const [problem] = readConfig(bytes).problems;
    expect(problem?.line).toBe(line);
    expect(problem?.message).toContain(words);
  });
});

test("places are those of the file", () => {
  const { place } = read("listen:", "  port: 80", "allowHosts:", "  - a");
  expect(place("/listen/port")).toEqual({ line: 2, column: 9 });
  expect(place("/listen/port", "key")).toEqual({ line: 2, column: 3 });
  expect(place("/allowHosts/0")).toEqual({ line: 4, column: 5 });
  // what isn't there is told where it would be
  expect(place("/listen/tls/certFile", "key")).toEqual({ line: 1, column: 1 });
});

/** Compiles only while a server's and Amazon's settings are those of `serve()`, but for the key. */
const SETTINGS = {
  else: {
    ...{ url: 1, model: 1, dialect: 1, keyEnv: 1, keyFile: 1, caFile: 1, streams: 1, vision: 1 },
    ...{ silenceMs: 1, firstTokenMs: 1 },
  } satisfies Record<Exclude<keyof UpstreamServer, "key"> | "keyEnv" | "keyFile", 1>,
  then: {
    ...{ bedrock: 1, profile: 1, retries: 1, endpoint: 1, caFile: 1, timeoutMs: 1 },
  } satisfies Record<keyof BedrockUpstream, 1>,
};

describe("the schema", () => {
  test.each(["then", "else"] as const)("has every setting of an upstream (%s)", (kind) => {
    const { properties = {} } = configSchema.definitions["upstream"]?.[kind] ?? {};
    expect(Object.keys(properties).sort()).toEqual(Object.keys(SETTINGS[kind]).sort());
  });

  test("is one that other programs take, in their strictest mode", () => {
    new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(configSchema);
  });

  test("has every limit of the server, with its default", () => {
    const { properties = {} } = configSchema.properties?.["limits"] ?? {};
    const defaults = Object.entries(properties).map(([name, schema]) => [name, schema.default]);
    expect(Object.fromEntries(defaults)).toEqual(defaultLimits);
  });

  test("has examples and defaults that it accepts itself", () => {
    const validator = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true });
    const { definitions } = configSchema;
    const check = (schema: object, name: string) => {
      for (const [key, part] of Object.entries(schema) as [string, unknown][]) {
        if (typeof part !== "object" || part === null) continue;
        if (key === "examples") {
          for (const example of part as unknown[])
            expect(
              validator.validate({ definitions, ...schema }, example),
              `${name}: ${JSON.stringify(example)}`,
            ).toBe(true);
        } else check(part, `${name}/${key}`);
      }
      if ("default" in schema) expect(validator.validate(schema, schema.default), name).toBe(true);
    };
    check(configSchema, "");
  });
});
