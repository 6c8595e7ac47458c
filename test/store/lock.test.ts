import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, test, vi } from "vitest";

import { HomeNotWritableError, LockLostError, withLock } from "../../src/store/index.js";
import { emptyFolder } from "../support/folder.js";

const newLock = async () => join(await emptyFolder(), "deep/below/work.lock");

describe("a lock", () => {
  test("lets one caller work at a time, and leaves no file behind", async () => {
    const lock = await newLock();
    let working = 0;
    const work = async () => {
      working += 1;
      expect(working).toBe(1);
      await sleep(20);
      working -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => withLock(lock, work)));
    expect(await readdir(join(lock, ".."))).toEqual([]);
  });

  test("returns what the work returns", async () => {
    expect(await withLock(await newLock(), () => Promise.resolve(42))).toBe(42);
  });

  test("is released after failed work", async () => {
    const lock = await newLock();
    await expect(withLock(lock, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await withLock(lock, () => Promise.resolve());
  });

  test("calls onWait once if it is held, and never if it is free", async () => {
    const lock = await newLock();
    const onWait = vi.fn();
    await withLock(lock, () => sleep(10), { onWait });
    expect(onWait).not.toHaveBeenCalled();
    const first = withLock(lock, () => sleep(700));
    await vi.waitFor(() => stat(lock));
    await withLock(lock, () => Promise.resolve(), { onWait });
    await first;
    expect(onWait).toHaveBeenCalledOnce();
  });

  test("without a holder's file is free: its holder was killed while it released the lock", async () => {
    const lock = await newLock();
    await mkdir(lock, { recursive: true });
    const onWait = vi.fn();
    await withLock(lock, () => Promise.resolve(), { onWait });
    expect(onWait).not.toHaveBeenCalled();
  });

  test("that cannot be created is reported", async () => {
    const file = join(await emptyFolder(), "file");
    await writeFile(file, "");
    await expect(withLock(join(file, "work.lock"), () => Promise.resolve())).rejects.toThrow(
      HomeNotWritableError,
    );
  });
});

describe("an abort", () => {
  test("ends the waiting with its reason and does not disturb the holder", async () => {
    const lock = await newLock();
    const reason = new Error("enough");
    const stop = new AbortController();
    const holder = withLock(lock, () => sleep(500, "held"));
    await vi.waitFor(() => stat(lock));
    const work = vi.fn(() => Promise.resolve());
    const waiter = withLock(lock, work, { signal: stop.signal, onWait: () => stop.abort(reason) });
    await expect(waiter).rejects.toBe(reason);
    expect(work).not.toHaveBeenCalled();
    expect(await holder).toBe("held");
  });

  test("is passed to the work", async () => {
    const reason = new Error("enough");
    const stop = new AbortController();
    const work = async (signal: AbortSignal) => {
      stop.abort(reason);
      signal.throwIfAborted();
      return Promise.resolve();
    };
    await expect(withLock(await newLock(), work, { signal: stop.signal })).rejects.toBe(reason);
  });
});

describe("what isn't a lock of Cria's is neither taken over nor deleted, which is told", () => {
  test.for<readonly [string, (lock: string) => Promise<unknown>]>([
    ["a file", (lock) => writeFile(lock, "precious")],
    [
      "a folder with a file of the user's",
      (lock) => mkdir(lock).then(() => writeFile(join(lock, "mine"), "precious")),
    ],
    [
      "a link to a folder of the user's",
      async (lock) => {
        await mkdir(`${lock}.target`);
        await writeFile(join(`${lock}.target`, "mine"), "precious");
        await symlink(`${lock}.target`, lock, "junction");
      },
    ],
  ])("%s", async ([, put]) => {
    const folder = await emptyFolder();
    const lock = join(folder, "work.lock");
    await put(lock);
    const before = await readdir(folder, { recursive: true });
    const work = vi.fn();
    await expect(withLock(lock, work)).rejects.toThrow(
      /work\.lock: something else has that name \(EEXIST\)/u,
    );
    expect(work).not.toHaveBeenCalled();
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  });
});

describe("a holder", () => {
  test("without a heartbeat is replaced by exactly one waiter", { timeout: 20_000 }, async () => {
    const lock = await newLock();
    await mkdir(lock, { recursive: true });
    await writeFile(join(lock, randomUUID()), "");
    let working = 0;
    const work = async () => {
      working += 1;
      expect(working).toBe(1);
      await sleep(50);
      working -= 1;
    };
    await Promise.all(Array.from({ length: 3 }, () => withLock(lock, work)));
    expect(await readdir(join(lock, ".."))).toEqual([]);
  });

  test("with a heartbeat is not replaced, however long it works", { timeout: 20_000 }, async () => {
    const lock = await newLock();
    const order: string[] = [];
    const holder = withLock(lock, async () => {
      await sleep(7000);
      order.push("holder");
    });
    await vi.waitFor(() => stat(lock));
    await withLock(lock, () => Promise.resolve(order.push("waiter")));
    await holder;
    expect(order).toEqual(["holder", "waiter"]);
  });

  test(
    "that was replaced gets a LockLostError and does not disturb its successor",
    { timeout: 10_000 },
    async () => {
      const lock = await newLock();
      const holder = withLock(lock, async (signal) => {
        const [mine = ""] = await readdir(lock);
        await rename(join(lock, mine), join(lock, "successor"));
        await sleep(5000, undefined, { signal }).catch(() => signal.throwIfAborted());
      });
      await expect(holder).rejects.toThrow(LockLostError);
      expect(await readdir(lock)).toEqual(["successor"]);
    },
  );
});
