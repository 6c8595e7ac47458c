import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { emptyFolder } from "../../support/folder.js";
import { transpileRooms } from "../../support/transpiled.js";
import { type Behaviour, type Hub, startHub, tinyEntry, tinyModel, whole } from "../support/hub-server.js";

const file = tinyModel();
const entry = tinyEntry(file);
let rooms: string;

beforeAll(() => {
  rooms = transpileRooms("bedrock", "event-stream", "models", "platform", "store");
});
afterAll(() => rm(rooms, { recursive: true }));

/** Starts a process that fetches the model and prints each label of its progress, then the path. */
async function startFetch(hub: Hub, home: string) {
  const script = join(rooms, "fetch.mjs");
  await writeFile(
    script,
    `import { ensureModelFile } from "./models/index.js";
     const onProgress = ({ label }) => console.log(label);
     console.log(await ensureModelFile(${JSON.stringify(entry)}, { home: ${JSON.stringify(home)}, onProgress }));`,
  );
  const child = spawn(process.execPath, [script], { env: hub.env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close") as Promise<[number | null]>;
  return { child, ended, printed: text(child.stdout) };
}

/** Sends a third of the file, and the rest after a second. */
const slow: Behaviour = (_request, response, bytes) => {
  response.writeHead(200, { "content-length": bytes.length });
  response.write(bytes.subarray(0, 100_000));
  setTimeout(() => response.end(bytes.subarray(100_000)), 1000);
};

/** Sends a third of the file, then stalls. */
const stuck: Behaviour = (_request, response, bytes) => {
  response.writeHead(200, { "content-length": bytes.length });
  response.write(bytes.subarray(0, 100_000));
};

test("of two processes one fetches, and the other reports that it waits", async () => {
  const hub = await startHub(file, slow);
  const home = await emptyFolder();
  const both = [await startFetch(hub, home), await startFetch(hub, home)];
  for (const { ended } of both) expect((await ended)[0]).toBe(0);
  const printed = await Promise.all(both.map((process) => process.printed));
  const path = join(home, "models/tiny.gguf");
  expect(printed.map((lines) => lines.trim().split("\n").at(-1))).toEqual([path, path]);
  expect(printed.filter((lines) => lines.includes("another process is fetching it"))).toHaveLength(1);
  expect(file.equals(await readFile(path))).toBe(true);
  expect(hub.storageRequests).toHaveLength(1);
});

test("if the process that fetches is killed, the other resumes its download", async () => {
  const hub = await startHub(file, stuck, whole);
  const home = await emptyFolder();
  const first = await startFetch(hub, home);
  const part = join(home, "models/tiny.gguf.part");
  await vi.waitFor(async () => expect((await readFile(part)).length).toBe(100_000), 5000);
  const second = await startFetch(hub, home);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  first.child.kill("SIGKILL");
  expect((await second.ended)[0]).toBe(0);
  expect(file.equals(await readFile(join(home, "models/tiny.gguf")))).toBe(true);
  expect(hub.storageRequests.map(({ headers }) => headers.range)).toEqual([undefined, "bytes=100000-"]);
  expect(await readdir(join(home, "models"))).toEqual(["tiny.gguf", "tiny.gguf.sha256"]);
});
