// Writes dist/sbom.cdx.json, which the package has: a list in CycloneDX of what Cria depends on, and, with the scope "optional", of what it installs at
// first use, each with version, licence and checksum. It follows from the lock files alone: the same everywhere, with no address of a registry and no path.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What npm says of a project's lock file: everything, since with `--omit=dev` npm 10 and 11 also leave out what the development needs *too*. */
function sbomOf(folder) {
  const { npm_execpath: script } = process.env;
  const [file, ...first] = script?.endsWith("npm-cli.js") ? [process.execPath, script] : ["npm"];
  const args = [
    ...first,
    "sbom",
    "--package-lock-only",
    "--sbom-format=cyclonedx",
    "--sbom-type=application",
  ];
  const { status, stdout, stderr, error } = spawnSync(file, [...args, "--no-workspaces"], {
    cwd: fileURLToPath(new URL(folder, import.meta.url)),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    shell: file === "npm" && process.platform === "win32",
  });
  if (error || status !== 0) throw new Error(`npm sbom failed: ${error?.message ?? stderr}`);
  return JSON.parse(stdout);
}

/** The packages of a lock file that only development doesn't explain, as `NAME@VERSION`, which is how npm names them in its list. */
function usedPackages(folder) {
  const { packages } = readJson(`${folder}package-lock.json`);
  const used = Object.entries(packages).filter(([path, { dev }]) => path !== "" && !dev);
  return new Set(used.map(([path, { version }]) => `${path.split("node_modules/").at(-1)}@${version}`));
}

function readJson(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
}

/** The parts of npm's list that tell of these packages, without what isn't the same everywhere, and addresses, which npm has of some only. */
function partsOf(folder, refs, scope) {
  const { components, dependencies } = sbomOf(folder);
  return {
    components: components
      .filter((each) => refs.has(each["bom-ref"]))
      .map(({ properties: _properties, externalReferences: _references, ...each }) => ({ ...each, scope })),
    dependencies: dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn }) => ({
        ref,
        dependsOn: dependsOn.filter((each) => refs.has(each) || ownRefs.has(each)),
      })),
  };
}

const { name, version, description, license, dependencies } = readJson("../package.json");
const ownRefs = usedPackages("../");
const engineRefs = new Set([...usedPackages("../engine/")].filter((ref) => !ownRefs.has(ref)));
const [own, engine] = [partsOf("../", ownRefs, "required"), partsOf("../engine", engineRefs, "optional")];
const root = `${name}@${version}`;
const locked = readJson("../package-lock.json").packages;
const direct = Object.keys(dependencies).map((each) => `${each}@${locked[`node_modules/${each}`].version}`);
const sbom = {
  $schema: "http://cyclonedx.org/schema/bom-1.5.schema.json",
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  version: 1,
  metadata: {
    component: {
      ...{ "bom-ref": root, type: "application", name, version, description, purl: `pkg:npm/${root}` },
      licenses: [{ license: { id: license } }],
    },
  },
  components: [...own.components, ...engine.components],
  dependencies: [{ ref: root, dependsOn: direct }, ...own.dependencies, ...engine.dependencies],
};
mkdirSync(new URL("../dist", import.meta.url), { recursive: true });
writeFileSync(new URL("../dist/sbom.cdx.json", import.meta.url), `${JSON.stringify(sbom, undefined, 1)}\n`);
