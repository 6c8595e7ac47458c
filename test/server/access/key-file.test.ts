import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { changeKeyFile, defaultKeyFile, readKeyFile } from "../../../src/server/access/key-file.js";
import { createKey, listKeys, removeKeys } from "../../../src/server/access/manage-keys.js";
import { KeyFileError, UnknownKeyError } from "../../../src/server/errors.js";
import { emptyFolder } from "../../support/folder.js";

const newFile = async () => join(await emptyFolder(), "below/keys.json");

async function fileWith(content: string, mode = 0o600): Promise<string> {
  const file = await newFile();
  await mkdir(join(file, ".."));
  await writeFile(file, content, { mode });
  await chmod(file, mode);
  return file;
}

const SECRET = "wJalrXUtnFEMI";
const key = (more: object = {}) => ({ accessKeyId: "CRIA1", secretAccessKey: SECRET, ...more });
const listing = (...keys: readonly unknown[]) => JSON.stringify({ keys });

describe("a new key", () => {
  it("has AWS's format, in a file that only its owner can read", async () => {
    const file = await newFile();
    const { stored, apiKey } = await createKey(file, { name: "laptop" });
    expect(stored.accessKeyId).toMatch(/^CRIA[A-Z0-9]{16}$/u);
    expect(stored.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/u);
    expect(stored).toMatchObject({ name: "laptop" });
    expect(stored).not.toHaveProperty("sessionToken");
    expect(stored).not.toHaveProperty("expiresAt");
    expect(await readKeyFile(file)).toEqual([stored]);
    expect(await readFile(file, "utf8")).not.toContain(apiKey);
    if (process.platform !== "win32") expect((await stat(file)).mode & 0o777).toBe(0o600);
    // neither a lock nor a draft is left
    expect(await readdir(join(file, ".."))).toEqual(["keys.json"]);
  });

  it("for a session has a token, and expires after 12 hours by default", async () => {
    const file = await newFile();
    const before = Date.now();
    const session = await createKey(file, { session: true });
    const short = await createKey(file, { session: true, expiresInMs: 1_000 });
    expect(session.stored.sessionToken).toMatch(/^[A-Za-z0-9+/=]{128}$/u);
    const hours = (Date.parse(session.stored.expiresAt ?? "") - before) / 3_600_000;
    expect(hours).toBeGreaterThanOrEqual(12);
    expect(hours).toBeLessThan(12.1);
    expect(Date.parse(short.stored.expiresAt ?? "") - before).toBeLessThan(60_000);
  });

  it("is added to the keys in the file, also when several are created at once", async () => {
    const file = await newFile();
    const made = await Promise.all([1, 2, 3, 4].map(() => createKey(file)));
    const ids = (await readKeyFile(file)).map(({ accessKeyId }) => accessKeyId);
    expect(ids.sort()).toEqual(made.map(({ stored }) => stored.accessKeyId).sort());
  });
});

it("lists keys without their secrets", async () => {
  const file = await newFile();
  const { stored, apiKey } = await createKey(file, { name: "ci", session: true, expiresInMs: 1 });
  await new Promise((resolve) => setTimeout(resolve, 5));
  const { accessKeyId, createdAt, expiresAt } = stored;
  const listed = await listKeys(file);
  expect(listed).toEqual([{ accessKeyId, name: "ci", createdAt, expiresAt, session: true, expired: true }]);
  for (const secret of [stored.secretAccessKey, stored.sessionToken, stored.apiKeySha256, apiKey]) {
    expect(JSON.stringify(listed)).not.toContain(secret);
  }
});

it("removes all keys that are named, or none", async () => {
  const file = await newFile();
  const [one, two, three] = [await createKey(file), await createKey(file), await createKey(file)];
  const before = await readFile(file, "utf8");
  await expect(removeKeys(file, [one.stored.accessKeyId, "CRIA"])).rejects.toThrow(UnknownKeyError);
  expect(await readFile(file, "utf8")).toBe(before);
  await removeKeys(file, [one.stored.accessKeyId, three.stored.accessKeyId]);
  expect(await readKeyFile(file)).toEqual([two.stored]);
});

it("reads no keys from a file that doesn't exist", async () => {
  expect(await readKeyFile(await newFile())).toEqual([]);
});

describe("an unusable file is refused with the problem, never with a secret", () => {
  it.each([
    ["line 1 isn't valid JSON", ""],
    ["line 3 isn't valid JSON", `{\n  "keys": [\n    {"secretAccessKey": "${SECRET}" "x": 1}\n  ]\n}`],
    ["line 2 isn't valid JSON", `{"keys": [\n  {"secretAccessKey": ${SECRET}}\n]}`],
    ["line 2 isn't valid JSON", `{"keys": [{"accessKeyId": "CRIA1",\n"secretAccessKey": "${SECRET}`],
    ["line 4 isn't valid JSON", `{\n"keys": [\n{"accessKeyId": "CRIA1"}\n`],
    ['{"keys": []}', "[]"],
    ['{"keys": []}', '{"keys": {}}'],
    ["keys[0] must be an object", listing(SECRET)],
    ["keys[1] lacks secretAccessKey", listing(key(), { accessKeyId: "CRIA2" })],
    ["keys[0] accessKeyId must be 1 to 128 letters", listing(key({ accessKeyId: "a/b" }))],
    ["keys[0] secretAccessKey must be printable ASCII text", listing(key({ secretAccessKey: "" }))],
    ["keys[0] sessionToken must be a string", listing(key({ sessionToken: 1 }))],
    ["keys[0] apiKeySha256 must be 64 hexadecimal digits", listing(key({ apiKeySha256: SECRET }))],
    ["keys[0] expiresAt must be a time in ISO 8601", listing(key({ expiresAt: "tomorrow" }))],
    [
      "keys[0] has an unknown property; the properties are accessKeyId,",
      listing(key({ expires: "2026-01-01T00:00:00Z" })),
    ],
    ["keys[1] has the same accessKeyId as another key", listing(key(), key())],
    ["longer than", " ".repeat(1024 * 1024 + 1)],
  ])("%s: %s", async (problem, content) => {
    const file = await fileWith(content);
    const error: unknown = await readKeyFile(file).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(KeyFileError);
    expect((error as KeyFileError).message).toContain(file);
    expect((error as KeyFileError).message).toContain(problem);
    expect(`${String((error as KeyFileError).stack)} ${String((error as KeyFileError).cause)}`).not.toContain(
      SECRET,
    );
    // nor is an unreadable file overwritten
    await expect(changeKeyFile(file, () => [])).rejects.toThrow(KeyFileError);
    expect(await readFile(file, "utf8")).toBe(content);
  });

  it.each([0o644, 0o620, 0o604, 0o666])("other users can read or write it: mode %i", async (mode) => {
    const file = await fileWith(listing(key()), mode);
    const reading = readKeyFile(file);
    if (process.platform === "win32") await reading;
    else await expect(reading).rejects.toThrow(`chmod 600 ${file}`);
  });

  it.each([0o600, 0o400, 0o640, 0o440])(
    "a file that its owner can write, and its group read, is accepted: mode %i",
    async (mode) => {
      expect(await readKeyFile(await fileWith(listing(key()), mode))).toEqual([key()]);
    },
  );

  it("a folder is refused", async () => {
    await expect(readKeyFile(await emptyFolder())).rejects.toThrow(KeyFileError);
  });
});

describe("the default file", () => {
  const place = async (platform: NodeJS.Platform) => {
    const [home, userHome] = [await emptyFolder(), await emptyFolder()];
    return { env: {}, platform, home, userHome };
  };
  const support = (userHome: string) => join(userHome, "Library/Application Support/cria/keys.json");

  it.each(["linux", "win32"] as const)("is in Cria's folder on %s", async (platform) => {
    const at = await place(platform);
    expect(defaultKeyFile(at)).toBe(join(at.home, "keys.json"));
  });

  it("is not in the cache on macOS, and an earlier version's file is moved once", async () => {
    const at = await place("darwin");
    expect(defaultKeyFile(at)).toBe(support(at.userHome));
    await writeFile(join(at.home, "keys.json"), "old", { mode: 0o600 });
    expect(defaultKeyFile(at)).toBe(support(at.userHome));
    expect(await readFile(support(at.userHome), "utf8")).toBe("old");
    // Windows has no permission bits
    if (process.platform !== "win32") expect((await stat(support(at.userHome))).mode & 0o777).toBe(0o600);
    expect(await readdir(at.home)).toEqual([]);
    // a file that is there is never replaced
    await writeFile(join(at.home, "keys.json"), "of an older version");
    defaultKeyFile(at);
    expect(await readFile(support(at.userHome), "utf8")).toBe("old");
  });

  it("is in CRIA_HOME on macOS too if that's set", async () => {
    const at = await place("darwin");
    await writeFile(join(at.home, "keys.json"), "old");
    expect(defaultKeyFile({ ...at, env: { CRIA_HOME: at.home } })).toBe(join(at.home, "keys.json"));
    expect(await readdir(at.home)).toEqual(["keys.json"]);
  });

  it("stays where it is on macOS if it can't be moved", async () => {
    const at = await place("darwin");
    await writeFile(join(at.home, "keys.json"), "old");
    await writeFile(join(at.userHome, "Library"), "not a folder");
    expect(defaultKeyFile(at)).toBe(join(at.home, "keys.json"));
  });
});
