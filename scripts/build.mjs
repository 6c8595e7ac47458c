// Builds everything from src/ again, so that no output of a deleted source remains:
//
//   build/  one file for each module, as tsc writes it, for benchmarks and tests that run single modules in plain Node; not packed
//   dist/   the packed files: the entries below as one bundle with shared chunks, and the types of the imported entries in one
//           file each. Node takes half a millisecond for each imported file; for 250 small files that is a seventh of the time
//           until `cria "…"` answers. Dependencies aren't bundled.
//
// With --if-stale it builds only if a source is newer: the first `npx cria` in a clone runs `prepare` again, and must not delete dist/
// while a program runs from it.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";

/** dist/NAME.js, and the module in src/ that is its entry. package.json shows the purpose of each. */
const entries = {
  "event-stream": "event-stream/index",
  child: "engine/llama-cpp/child/child",
  cria: "cli/bin",
  "document-reader": "server/documents/reader/reader",
  index: "index",
  "template-renderer": "server/templates/renderer/renderer",
  tokenizer: "engine/llama-cpp/child/tokenizer/tokenizer",
};

/** The entries that other programs import, and that therefore have types. */
const imported = ["event-stream", "index"];

/**
 * Modules that are loaded together go into one file. A module that several files share goes to the first of these layers that loads it;
 * the layers that load least come first. So no command loads code that it doesn't need, and `cria "…"` loads 17 files instead
 * of 47.
 */
const layers = [
  entries["event-stream"],
  entries.child,
  entries.tokenizer,
  entries["document-reader"],
  "server/templates/renderer/render",
  entries.cria,
  "cli/main",
  entries.index,
  "fleet/local-fleet",
];

const root = new URL("../", import.meta.url);
const path = (relative) => fileURLToPath(new URL(relative, root));

/**
 * Puts a module between import() and the index.js of a source folder, so that the folder's exports can be split. Without it all
 * exports of a folder stay together, and an import of one constant would load the whole folder in `cria --help`.
 */
const LAZY = "\0lazy:";
const lazyFolders = {
  name: "lazy-folders",
  async resolveId(source, importer, { kind }) {
    if (kind !== "dynamic-import" || !source.endsWith("/index.js")) return null;
    const folder = await this.resolve(source, importer, { skipSelf: true });
    return folder && LAZY + folder.id;
  },
  load: (id) => (id.startsWith(LAZY) ? `export * from ${JSON.stringify(id.slice(LAZY.length))}` : null),
};

/** The options for a bundle of entries. @param extension - `js` or `d.ts` */
const inputs = (names, extension) => ({
  cwd: path("."),
  input: Object.fromEntries(names.map((name) => [name, path(`build/${entries[name]}.${extension}`)])),
  platform: "node",
  external: (id) => !id.startsWith(".") && !isAbsolute(id) && !id.startsWith(LAZY),
  plugins: [extension === "js" ? lazyFolders : dts({ dtsInput: true, emitDtsOnly: true, tsconfig: false })],
  // a module may be imported both statically and with import()
  checks: { ineffectiveDynamicImport: false },
});
const outputs = {
  dir: path("dist"),
  format: "esm",
  entryFileNames: "[name].js",
  // a hash, so that a program that runs during a build never mixes old and new files
  chunkFileNames: "chunks/[name]-[hash].js",
};

/** The comments are in the types; the code is parsed at each start. */
const codeOutputs = { ...outputs, comments: { legal: true, annotation: true, jsdoc: false } };

const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

if (process.argv.includes("--if-stale") && isFresh()) process.exit(0);

rmSync(path("build"), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [tsc, "-p", path("tsconfig.build.json")], {
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);
rmSync(path("dist"), { recursive: true, force: true });
await bundleCode();
await bundleTypes();
await writeSchema();
// npm makes a bin executable when it installs a package, but not in the clone itself
chmodSync(path("dist/cria.js"), 0o755);

async function bundleCode() {
  const bundle = await rolldown(inputs(Object.keys(entries), "js"));
  // once without layers, to learn what each of them loads when unused code is left out
  const { output } = await bundle.generate({ format: "esm" });
  const chunks = output.filter(({ type }) => type === "chunk");
  const groups = layers.map((layer, index) => {
    const loaded = modulesLoadedBy(layer, chunks);
    return {
      name: layer.replaceAll("/", "-"),
      test: (id) => loaded.has(id),
      minShareCount: 2,
      priority: layers.length - index,
    };
  });
  await bundle.write({ ...codeOutputs, codeSplitting: { groups } });
  await bundle.close();
}

async function bundleTypes() {
  const bundle = await rolldown(inputs(imported, "d.ts"));
  await bundle.write(outputs);
  await bundle.close();
}

/** The modules that are loaded when a module, an entry or a lazily imported one, is imported. */
function modulesLoadedBy(module, chunks) {
  const first = chunks.find(({ facadeModuleId }) => facadeModuleId === path(`build/${module}.js`));
  if (!first) throw new Error(`src/${module}.ts is neither an entry nor imported with import().`);
  // a loop over a set also visits elements added during the loop
  const loaded = new Set([first]);
  for (const { imports } of loaded)
    for (const chunk of chunks) if (imports.includes(chunk.fileName)) loaded.add(chunk);
  return new Set([...loaded].flatMap(({ moduleIds }) => moduleIds));
}

/** The schema of cria.yaml, for editors. */
async function writeSchema() {
  const { configSchema } = await import("../build/config/schema/index.js");
  writeFileSync(path("dist/cria.schema.json"), `${JSON.stringify(configSchema, undefined, 2)}\n`);
}

function isFresh() {
  const built = path("dist/cria.js");
  if (!existsSync(built)) return false;
  const sources = readdirSync(path("src"), { recursive: true }).map((name) => path(`src/${name}`));
  const settings = ["package-lock.json", "tsconfig.json", "tsconfig.build.json", "scripts/build.mjs"].map(
    path,
  );
  const newest = Math.max(...[...sources, ...settings].map((file) => statSync(file).mtimeMs));
  return statSync(built).mtimeMs > newest;
}
