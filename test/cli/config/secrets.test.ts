import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { checkFile, ConfigFile, loadConfig, showFile } from "../../../src/cli/config/index.js";
import { looksLikeKey } from "../../../src/config/index.js";
import { emptyFolder } from "../../support/folder.js";

const MODEL = "meta.llama3-3-70b-instruct-v1:0";

// none is anybody's: made up in the form of what services give out
const KEYS = [
  "sk-TOPSECRET0123456789abcdef",
  "sk_TOPSECRET0123456789abcdef",
  "sk-proj-aBcDeFgHiJkL",
  "hf_AbCdEfGhIjKlMnOpQrStUvWx",
  "gsk_abcdefghijkl",
  "AKIAIOSFODNN7EXAMPLE",
  "ABSKQmVkcm9ja0FQSUtleS1leGFtcGxl",
  "Bearer abc",
  "-----BEGIN PRIVATE KEY-----TOPSECRET",
  "123e4567-e89b-12d3-a456-426614174000",
  "d41d8cd98f00b204e9800998ecf8427e",
  "tokenQ2x9Zk3LmN8pR5tV7w",
  "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  "Xq7pL2mN9vB4cR8tY1wZ6k==",
];

const NAMES = [
  ...["VLLM_KEY", "OPENAI_API_KEY", "K", "vllm_key", "CRIA_UPSTREAM_BEARER_KEY_FOR_THE_LARGE_MODEL_2"],
  ...["vllm-key", "keys.json", "/run/secrets/vllm-production-key", "vllm-production-api-key-2024"],
  ...[
    "HF_API_TOKEN",
    "HF_ACCESS_TOKEN",
    "XAI_API_KEY",
    "PPLX_API_KEY",
    "FW_API_KEY",
    "GSK_API_KEY",
    "SK_LIVE",
  ],
  ...["LLAMA33_INSTRUCT70B_KEY", "hf_secret.txt", "sk-cluster.pem", "gateway-2026-11.pem"],
  ...[
    "/Library/Application Support/cria/keys.json",
    "C:\\Program Files\\cria\\keys.json",
    "~/my keys/cria.json",
  ],
  ...["../secrets/vllm", "keys of callers.json", "secrets/prod/vllm-key", "/run/cria/secrets/vllm/key"],
  ...["secrets/sk-prod.txt", "C:\\keys\\vllm", "sk-prod", "llama3-70b-key", "a1b2c3d4e5"],
];

test.each(KEYS)("%s looks like a key", (text) => expect(looksLikeKey(text)).toBe(true));
test.each(NAMES)("%s doesn't", (text) => expect(looksLikeKey(text)).toBe(false));

describe("a key where the name of a variable or of a file belongs is told, and never repeated", () => {
  const places: readonly (readonly [string, (key: string) => string, number])[] = [
    ["keyEnv", (key) => `models: { ${MODEL}: { upstream: { url: http://a, keyEnv: "${key}" } } }`, 81],
    ["keyFile", (key) => `models: { ${MODEL}: { upstream: { url: http://a, keyFile: "${key}" } } }`, 82],
    ["caFile", (key) => `models: { ${MODEL}: { upstream: { bedrock: us-east-1, caFile: "${key}" } } }`, 86],
    ["keysFile", (key) => `keysFile: "${key}"`, 11],
    ["tls.keyFile", (key) => `listen: { tls: { certFile: cert.pem, keyFile: "${key}" } }`, 47],
    ["tls.certFile", (key) => `listen: { tls: { certFile: "${key}", keyFile: key.pem } }`, 28],
  ];

  test.each(places)("%s", async (name, text, column) => {
    // what a shell can't set is refused by the schema
    const keys = name === "keyEnv" ? KEYS.filter((key) => /^[A-Za-z_]\w*$/u.test(key)) : KEYS;
    expect(keys.length).toBeGreaterThan(4);
    for (const key of keys) {
      const folder = await emptyFolder();
      const file = join(folder, "cria.yaml");
      await writeFile(file, text(key));
      const found = await checkFile(file);
      expect(found).toContainEqual(expect.objectContaining({ line: 1, column, isAbsent: false }));
      const loaded = await loadConfig(file);
      const refused = await ConfigFile.open(file).catch((error: unknown) => String(error));
      const said = [
        JSON.stringify(found),
        refused,
        JSON.stringify(showFile(loaded, { json: false })),
        JSON.stringify(showFile(loaded, { json: true })),
      ];
      expect(refused).toContain("looks like the key itself");
      for (const each of said) expect(each, key).not.toContain(key.replace("-----BEGIN ", ""));
    }
  });

  test("but a file or a variable that is there is used, whatever its name", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "sk-abcdefghijkl"), "k");
    const file = join(folder, "cria.yaml");
    await writeFile(
      file,
      `models: { ${MODEL}: { upstreams: [{ url: http://a, keyFile: sk-abcdefghijkl }, { url: http://b, keyEnv: sk_abcdefghijkl }] } }`,
    );
    const { problems, options } = await loadConfig(file, { env: { sk_abcdefghijkl: "k" } });
    expect(problems).toEqual([]);
    expect(options.upstreams).toMatchObject({ [MODEL]: [{ key: "k" }, { key: "k" }] });
  });
});

test("`config show` lists an upstream's settings with their defaults", async () => {
  const file = join(await emptyFolder(), "cria.yaml");
  await writeFile(
    file,
    `models: { ${MODEL}: { upstreams: [{ url: http://a, silenceMs: 5000 }, { bedrock: us-west-2 }] } }`,
  );
  const loaded = await loadConfig(file);
  expect(showFile(loaded, { json: true })).toMatchObject({
    models: {
      [MODEL]: {
        upstreams: [
          { url: "http://a", streams: 256, silenceMs: 5000, firstTokenMs: 300_000 },
          { bedrock: "us-west-2", retries: 0, timeoutMs: 600_000 },
        ],
      },
    },
  });
  const shown = String(showFile(loaded, { json: false }));
  expect(shown).toContain("firstTokenMs: 300000 # default\n");
  expect(shown).toContain(`silenceMs: 5000 # ${file}:1\n`);
  expect(shown).toContain("timeoutMs: 600000 # default\n");
  expect(shown).not.toMatch(/upstream:/u);
});
