import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { clearFile, createOwnFile, openOwnFile, ownFileSize } from "../../src/store/index.js";
import { emptyFolder } from "../support/folder.js";
import { oddPlaces, putOdd } from "../support/odd-place.js";

const place = async () => join(await emptyFolder(), "file.part");

async function append(path: string, text: string, from: number): Promise<boolean> {
  const file = await openOwnFile(path, from);
  await file?.write(text);
  await file?.close();
  return file !== undefined;
}

describe("a file that only Cria writes", () => {
  test("is continued at its end, or begun anew", async () => {
    const path = await place();
    expect(await ownFileSize(path)).toBeUndefined();
    expect(await append(path, "one", 0)).toBe(true);
    expect(await append(path, "two", 3)).toBe(true);
    expect(await readFile(path, "utf8")).toBe("onetwo");
    expect(await ownFileSize(path)).toBe(6);
    expect(await append(path, "three", 0)).toBe(true);
    expect(await readFile(path, "utf8")).toBe("three");
  });

  test("isn't continued elsewhere than at its end, or where it's gone", async () => {
    const path = await place();
    expect(await append(path, "x", 1)).toBe(false);
    await writeFile(path, "three");
    for (const from of [1, 4, 6]) expect(await append(path, "x", from)).toBe(false);
    expect(await readFile(path, "utf8")).toBe("three");
  });

  test.for(oddPlaces)("takes the place of %s", async (kind, context) => {
    const path = await place();
    const target = await putOdd(context, kind, path);
    // the length of what a link leads to
    expect(await append(path, "mine", "precious".length)).toBe(false);
    expect(await readdir(join(path, ".."))).toEqual([]);
    await putOdd(context, kind, path);
    expect(await append(path, "mine", 0)).toBe(true);
    expect(await target()).toBe("precious");
    expect(await readFile(path, "utf8")).toBe("mine");
    expect((await stat(path)).isFile()).toBe(true);
  });

  test.for(oddPlaces)("has no size where %s is, which is deleted", async (kind, context) => {
    const path = await place();
    const target = await putOdd(context, kind, path);
    expect(await ownFileSize(path)).toBeUndefined();
    expect(await target()).toBe("precious");
    expect(await readdir(join(path, ".."))).toEqual([]);
  });

  test("never takes the place of a folder, which is told", async () => {
    const path = await place();
    await mkdir(path);
    await writeFile(join(path, "precious"), "");
    const ways = [ownFileSize, clearFile, createOwnFile, (path: string) => openOwnFile(path, 1)];
    for (const way of ways)
      await expect(way(path)).rejects.toThrow(/there is a folder where a file should be \(EISDIR\)/u);
    expect(await readdir(path)).toEqual(["precious"]);
  });

  test("may be absent when it's cleared", async () => {
    await clearFile(await place());
  });
});
