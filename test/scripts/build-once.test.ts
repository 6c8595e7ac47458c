import { copyFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { expect, it } from "vitest";

import { emptyFolder } from "../support/folder.js";
import { needsPosix } from "../support/platform.js";

interface BuildOnce {
  readonly buildOnce: (options: {
    readonly folder: string;
    readonly programs: readonly string[];
    readonly sources: readonly string[];
    readonly build: (place: string) => Promise<string | undefined>;
  }) => Promise<string | undefined>;
}

const SCRIPT = "scripts/conformance/build-once.mjs";

/** A checkout of the repository with one source, and its own copy of the script. Returns where each build was made. */
async function checkout(cache: string) {
  const root = await emptyFolder();
  await mkdir(join(root, "scripts/conformance"), { recursive: true });
  await copyFile(fileURLToPath(new URL(`../../${SCRIPT}`, import.meta.url)), join(root, SCRIPT));
  await mkdir(join(root, "source"));
  const source = join(root, "source/program.txt");
  await writeFile(source, "one");
  await symlink(cache, join(root, ".cache"));
  const { buildOnce } = (await import(pathToFileURL(join(root, SCRIPT)).href)) as BuildOnce;
  const places: string[] = [];
  const setUp = () =>
    buildOnce({
      folder: join(root, ".cache/program"),
      programs: ["program"],
      sources: [join(root, "source")],
      build: async (place) => {
        places.push(place);
        await copyFile(source, join(place, "program"));
        return undefined;
      },
    });
  return { source, setUp, places };
}

it("programs are built once for all checkouts that share them, where the link between them leads", async (context) => {
  needsPosix(context, "links need a privilege on Windows");
  const cache = await emptyFolder();
  const [first, second] = [await checkout(cache), await checkout(cache)];
  for (const { setUp } of [first, second, first]) expect(await setUp()).toBeUndefined();
  expect([first.places, second.places]).toEqual([[join(cache, "program")], []]);
  await writeFile(second.source, "two");
  expect(await second.setUp()).toBeUndefined();
  expect(second.places).toHaveLength(1);
  expect(await readFile(join(cache, "program/program"), "utf8")).toBe("two");
});
