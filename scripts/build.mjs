// Builds from src/, from scratch, so that no file outlives its source:
//
//   build/  each module by itself, as tsc writes it, for benches and tests that run one in plain Node; not packed
//   dist/   what is packed: the entries below as one bundle that shares its chunks, the types of those that are imported in one
//           file each. Node takes half a millisecond for each file it imports, and of 250 small ones that's a seventh of the time
//           until `cria "…"` answers. Other packages stay what they are.
//
// With --if-stale only if a source is newer: the first `npx cria` in a clone runs `prepare` again, and mustn't pull dist/ from
// under what runs.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";

/** dist/NAME.js, and the module below src/ that it begins with. package.json says what each is for. */
const entries = {
  "event-stream": "event-stream/index",
  child: "engine/llama-cpp/child/child",
  cria: "cli/bin",
  index: "index",
};

/** Those that are imported by other programs, and so have types. */
const imported = ["event-stream", "index"];

/**
 * What is loaded together is one file: what several files share goes to the first of these modules that loads it, those that load
 * least come first. So no command loads what it doesn't need, `cria --help` least of all, and `cria "…"` loads 17 files where
 * it would be 47.
 */
const layers = [entries["event-stream"], entries.child, entries.cria, entries.index, "fleet/local-fleet"];

const root = new URL("../", import.meta.url);
const path = (relative) => fileURLToPath(new URL(relative, root));

/**
 * Lets import() of a room's index.js take what it needs of it from a module in between. Else all that the room exports belongs
 * together, and an import of one constant from it would bring the whole room into `cria --help`.
 */
const LAZY = "\0lazy:";
const lazyRooms = {
  name: "lazy-rooms",
  async resolveId(source, importer, { kind }) {
    if (kind !== "dynamic-import" || !source.endsWith("/index.js")) return null;
    const room = await this.resolve(source, importer, { skipSelf: true });
    return room && LAZY + room.id;
  },
  load: (id) => (id.startsWith(LAZY) ? `export * from ${JSON.stringify(id.slice(LAZY.length))}` : null),
};

/** Of the entries that are named, their files of one kind. */
const inputs = (names, extension) => ({
  cwd: path("."),
  input: Object.fromEntries(names.map((name) => [name, path(`build/${entries[name]}.${extension}`)])),
  platform: "node",
  external: (id) => !id.startsWith(".") && !isAbsolute(id) && !id.startsWith(LAZY),
  plugins: [extension === "js" ? lazyRooms : dts({ dtsInput: true, emitDtsOnly: true, tsconfig: false })],
  // code may be imported with import() in one place and without in another
  checks: { ineffectiveDynamicImport: false },
});
const outputs = {
  dir: path("dist"),
  format: "esm",
  entryFileNames: "[name].js",
  // a hash, so that a program that runs while dist/ is built anew never mixes the two
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
// npm makes a bin executable when it installs a package, but not in the package's own clone
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

/** The modules that are there once a module, an entry or a lazily imported one, is imported. */
function modulesLoadedBy(module, chunks) {
  const first = chunks.find(({ facadeModuleId }) => facadeModuleId === path(`build/${module}.js`));
  if (!first) throw new Error(`src/${module}.ts is neither an entry nor imported with import().`);
  // a set's loop also comes to what is added meanwhile
  const loaded = new Set([first]);
  for (const { imports } of loaded)
    for (const chunk of chunks) if (imports.includes(chunk.fileName)) loaded.add(chunk);
  return new Set([...loaded].flatMap(({ moduleIds }) => moduleIds));
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
