import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Compiles folders of `src` to JavaScript that another process can run, without type checks, in a new folder below
 * the repository, so that packages are found from there.
 *
 * @returns the new folder; the caller deletes it
 */
export function transpileRooms(...rooms: string[]): string {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(root, ".cache/rooms-"));
  for (const room of rooms) {
    for (const name of readdirSync(join(root, "src", room), { recursive: true, encoding: "utf8" })) {
      if (!name.endsWith(".ts")) continue;
      const target = join(folder, room, name.replace(/\.ts$/, ".js"));
      mkdirSync(dirname(target), { recursive: true });
      const source = readFileSync(join(root, "src", room, name), "utf8");
      const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
      writeFileSync(target, ts.transpileModule(source, { compilerOptions: options }).outputText);
    }
  }
  return folder;
}
