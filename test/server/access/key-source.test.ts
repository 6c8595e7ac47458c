import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { environmentKeys, openKeys } from "../../../src/server/access/key-source.js";
import { createKey, removeKeys } from "../../../src/server/access/manage-keys.js";
import { KeyEnvironmentError, KeyFileError, NoKeysError } from "../../../src/server/errors.js";
import { emptyFolder } from "../../support/folder.js";
import { protocols } from "../support/http.js";
import { INVOKE } from "../support/start.js";
import { startGuardedServer } from "./guarded-server.js";

const [, send] = protocols[0] ?? [];
const newFile = async () => join(await emptyFolder(), "keys.json");
/** Checks the file each time. */
const eager = (file: string) => ({ file, env: {}, checkMs: 0 });

describe("a running server", () => {
  async function statusOf(url: string, apiKey: string) {
    const headers = { authorization: `Bearer ${apiKey}` };
    return (await send?.(url, INVOKE, { headers, body: '{"prompt":"Hi"}' }))?.status;
  }

  it("notices keys that are added and removed", async () => {
    const file = await newFile();
    const first = await createKey(file);
    const { url } = await startGuardedServer(await openKeys(eager(file)));
    expect(await statusOf(url, first.apiKey)).toBe(200);
    const second = await createKey(file);
    expect(await statusOf(url, second.apiKey)).toBe(200);
    await removeKeys(file, [first.stored.accessKeyId]);
    expect(await statusOf(url, first.apiKey)).toBe(403);
    expect(await statusOf(url, second.apiKey)).toBe(200);
    await rm(file);
    expect(await statusOf(url, second.apiKey)).toBe(403);
  });

  it("answers 500 while the file is broken, logs the reason, and recovers", async () => {
    const file = await newFile();
    const { apiKey } = await createKey(file);
    const { url, lines } = await startGuardedServer(await openKeys(eager(file)));
    await rename(file, `${file}.good`);
    await writeFile(file, "{", { mode: 0o600 });
    expect(await statusOf(url, apiKey)).toBe(500);
    expect(await statusOf(url, apiKey)).toBe(500);
    expect(lines.map(({ err }) => (err as Error).message)).toEqual([
      `Cria can't use the keys in ${file}: line 1 isn't valid JSON.`,
      `Cria can't use the keys in ${file}: line 1 isn't valid JSON.`,
    ]);
    await rename(`${file}.good`, file);
    expect(await statusOf(url, apiKey)).toBe(200);
  });
});

it("checks the file at most once in the interval", async () => {
  const file = await newFile();
  const first = await createKey(file);
  const keys = await openKeys({ file, env: {}, checkMs: 200 });
  await createKey(file);
  expect([...(await keys.current()).accessKeys.keys()]).toEqual([first.stored.accessKeyId]);
  await sleep(250);
  expect((await keys.current()).accessKeys.size).toBe(2);
});

describe("a server refuses to start", () => {
  it("without any key", async () => {
    await expect(openKeys(eager(await newFile()))).rejects.toThrow(NoKeysError);
  });

  it("with a broken file, even with a key in the environment", async () => {
    const file = await newFile();
    await writeFile(file, "{", { mode: 0o600 });
    await expect(openKeys({ file, env: { CRIA_API_KEY: "x" } })).rejects.toThrow(KeyFileError);
  });

  it.each([
    ["CRIA_SECRET_ACCESS_KEY", { CRIA_ACCESS_KEY_ID: "a" }],
    [
      "CRIA_SECRET_ACCESS_KEY",
      { CRIA_ACCESS_KEY_ID: "a", CRIA_SECRET_ACCESS_KEY: "", CRIA_SESSION_TOKEN: "t" },
    ],
    ["CRIA_ACCESS_KEY_ID", { CRIA_SECRET_ACCESS_KEY: "s" }],
    ["CRIA_ACCESS_KEY_ID", { CRIA_SESSION_TOKEN: "t", CRIA_API_KEY: "k" }],
  ])("without %s in %j", async (missing, env) => {
    const opening = openKeys({ file: await newFile(), env });
    await expect(opening).rejects.toThrow(KeyEnvironmentError);
    await expect(opening).rejects.toThrow(new RegExp(`^${missing} must be set`, "u"));
  });
});

describe("keys in the environment", () => {
  it("are an access key, a session's access key, an API key, or a combination", () => {
    const pair = { CRIA_ACCESS_KEY_ID: "a", CRIA_SECRET_ACCESS_KEY: "s" };
    const read = (env: NodeJS.ProcessEnv) => {
      const { accessKeys, apiKeys } = environmentKeys(env);
      return [...accessKeys, apiKeys.size];
    };
    const key = { secretAccessKey: "s", sessionToken: undefined, expiresAt: undefined };
    expect(read(pair)).toEqual([["a", key], 0]);
    expect(read({ ...pair, CRIA_SESSION_TOKEN: "t" })).toEqual([["a", { ...key, sessionToken: "t" }], 0]);
    expect(read({ CRIA_API_KEY: "k" })).toEqual([1]);
    expect(read({ ...pair, CRIA_API_KEY: "k" })).toEqual([["a", key], 1]);
    expect(read({ CRIA_ACCESS_KEY_ID: "", CRIA_API_KEY: "" })).toEqual([0]);
  });

  it("are valid in addition to the file's", async () => {
    const file = await newFile();
    const { stored, apiKey } = await createKey(file);
    const keys = await openKeys({ file, env: { CRIA_API_KEY: "from-the-environment" } });
    expect([...(await keys.current()).accessKeys.keys()]).toEqual([stored.accessKeyId]);
    const { url } = await startGuardedServer(keys);
    for (const key of [apiKey, "from-the-environment"]) {
      const response = await send?.(url, INVOKE, {
        headers: { authorization: `Bearer ${key}` },
        body: '{"prompt":"Hi"}',
      });
      expect(response?.status).toBe(200);
    }
  });
});
