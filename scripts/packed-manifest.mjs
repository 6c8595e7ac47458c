// Changes package.json for the package while it is packed: removes what only a clone needs (the scripts, `prepare` among
// them, would fail elsewhere) and adds the URLs that follow from `homepage`. `npm pack` and `npm publish` run it before, with
// "write", and after, with "restore".
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const manifest = fileURLToPath(new URL("../package.json", import.meta.url));
/** The clone's package.json during packing. */
const kept = fileURLToPath(new URL("../.package.json.kept", import.meta.url));

const [command] = process.argv.slice(2);
// also before "write": an interrupted pack leaves this file
if (existsSync(kept)) renameSync(kept, manifest);
if (command === "write") {
  const text = readFileSync(manifest, "utf8");
  const { scripts: _scripts, devDependencies: _devDependencies, ...packed } = JSON.parse(text);
  packed.repository = { type: "git", url: `git+${packed.homepage}.git` };
  packed.bugs = { url: `${packed.homepage}/issues` };
  writeFileSync(kept, text);
  // atomically: another process may read it at this moment
  const draft = `${manifest}.packed`;
  writeFileSync(draft, `${JSON.stringify(packed, null, 2)}\n`);
  renameSync(draft, manifest);
} else if (command !== "restore") {
  throw new Error("Usage: packed-manifest.mjs write | restore");
}
