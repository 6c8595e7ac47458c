// Makes package.json what it is in the package, while it's packed: without what serves a clone alone (its scripts, `prepare` among
// them, would fail elsewhere), and with the addresses that follow from `homepage`. `npm pack` and `npm publish` run it before, with
// "write", and after, with "restore".
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const manifest = fileURLToPath(new URL("../package.json", import.meta.url));
/** The clone's, meanwhile. */
const kept = fileURLToPath(new URL("../.package.json.kept", import.meta.url));

const [command] = process.argv.slice(2);
// to be restored before it's written, too: a pack that was ended in the middle has left it
if (existsSync(kept)) renameSync(kept, manifest);
if (command === "write") {
  const text = readFileSync(manifest, "utf8");
  const { scripts: _scripts, devDependencies: _devDependencies, ...packed } = JSON.parse(text);
  packed.repository = { type: "git", url: `git+${packed.homepage}.git` };
  packed.bugs = { url: `${packed.homepage}/issues` };
  writeFileSync(kept, text);
  // in one step: something else may read it at this moment
  const draft = `${manifest}.packed`;
  writeFileSync(draft, `${JSON.stringify(packed, null, 2)}\n`);
  renameSync(draft, manifest);
} else if (command !== "restore") {
  throw new Error("packed-manifest.mjs write | restore");
}
