import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { needsEngine } from "../support/engine.js";
import { tinyModel } from "../support/gguf/tiny-model.js";
import { testHome } from "../support/home.js";
import { TERMINATED } from "../support/platform.js";
import { plainEnv, start } from "../support/run-cli.js";
import { install } from "./package/install.js";
import { type Packed, pack } from "./package/pack.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const programs = join(root, "test/e2e/package/programs");

/** Bytes of Cria that `cria --help` may load. It loads 76,000; importing a whole source folder by mistake exceeds this. */
const MAX_HELP_BYTES = 83_000;

let folder: string;
let packed: Packed;
/** The folder that the package is installed in. */
let project: string;
/** Why the package isn't installed. */
let missing: string | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cria-package-"));
  packed = await pack(folder);
  project = join(folder, "project");
  await mkdir(project);
  missing = await install(packed.tarball, project);
}, 300_000);
afterAll(() =>
  Promise.all(
    [folder, packed.clone].map((path) => rm(path, { recursive: true, force: true, maxRetries: 3 })),
  ),
);

/** Runs a program in the project to its end. */
async function toEnd(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const running = start(command, args, { cwd: project, env: plainEnv(env) });
  running.child.stdin?.end();
  const code = await running.ended;
  return { code, stdout: running.stdout, stderr: running.stderr };
}

/** Runs a Node program in the project to its end. */
async function node(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return await toEnd(process.execPath, args, env);
}

/** Runs the installed command to its end, as npm installed it: by a link, on Windows by a batch file. */
async function cria(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return await toEnd(join(project, "node_modules", ".bin", "cria"), args, env);
}

describe("the tarball", () => {
  it("has the needed files and no others", async () => {
    const docs = (await readdir(join(root, "docs"), { recursive: true }))
      .map((name) => `docs/${name.replaceAll("\\", "/")}`)
      .filter((name) => name.endsWith(".md") && !name.startsWith("docs/api/"));
    const [chunks, others] = [/^dist\/chunks\/[\w-]+\.js$/u, /^(?!dist\/chunks\/)/u].map((pattern) =>
      packed.files.filter((name) => pattern.test(name)),
    );
    expect(others).toEqual(
      [
        ...["CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md", "package.json"],
        ...[
          "dist/child.js",
          "dist/cria.js",
          "dist/cria.schema.json",
          "dist/document-reader.js",
          "dist/index.js",
          "dist/event-stream.js",
          "dist/sbom.cdx.json",
          "dist/template-renderer.js",
          "dist/tokenizer.js",
        ],
        ...["dist/index.d.ts", "dist/event-stream.d.ts", "engine/package-lock.json"],
        ...docs,
      ].sort(),
    );
    expect([...(chunks ?? []), ...(others ?? [])]).toHaveLength(packed.files.length);
  });

  it("leaves no trace in the clone when it is packed", async () => {
    const [before, after] = await Promise.all(
      [root, packed.clone].map((clone) => readFile(join(clone, "package.json"), "utf8")),
    );
    expect(after).toBe(before);
  });
});

describe("the installed package", () => {
  beforeEach((context) => {
    if (missing !== undefined) context.skip(`npm says: ${missing}`);
  });
  const installed = (name = "") => join(project, "node_modules/cria", name);
  const manifest = async () =>
    JSON.parse(await readFile(installed("package.json"), "utf8")) as Record<string, unknown>;

  it("has no scripts, and all its URLs follow from `homepage`", async () => {
    const { scripts, devDependencies, homepage, repository, bugs } = await manifest();
    expect({ scripts, devDependencies }).toEqual({ scripts: undefined, devDependencies: undefined });
    expect(homepage).toMatch(/^https:/u);
    expect(repository).toEqual({ type: "git", url: `git+${String(homepage)}.git` });
    expect(bugs).toEqual({ url: `${String(homepage)}/issues` });
    for (const name of packed.files.filter((file) => file !== "package.json"))
      expect(await readFile(installed(name), "utf8"), name).not.toContain(homepage);
  });

  it("has a list of what it depends on, and of what it installs at first use, without addresses and paths", async () => {
    const text = await readFile(installed("dist/sbom.cdx.json"), "utf8");
    const sbom = JSON.parse(text) as {
      bomFormat: string;
      metadata: { component: { name: string } };
      components: { name: string; version: string; purl: string; hashes?: unknown[]; scope?: string }[];
    };
    expect(sbom.bomFormat).toBe("CycloneDX");
    expect(sbom.metadata.component.name).toBe("cria");
    const lock = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")) as {
      packages: Record<string, { version: string; dev?: boolean }>;
    };
    const used = Object.entries(lock.packages).filter(([path, { dev = false }]) => path !== "" && !dev);
    const required = sbom.components.filter(({ scope }) => scope === "required");
    expect(required.map(({ name, version }) => `${name}@${version}`).sort()).toEqual(
      used.map(([path, { version }]) => `${path.split("node_modules/").at(-1) ?? ""}@${version}`).sort(),
    );
    const optional = sbom.components.filter(({ scope }) => scope === "optional");
    expect(optional.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["node-llama-cpp", "@node-llama-cpp/linux-x64"]),
    );
    for (const { name, purl, hashes } of sbom.components) {
      expect(purl).toMatch(/^pkg:npm\//u);
      expect(hashes, name).toHaveLength(1);
    }
    // the schema's own address is the only one
    expect(text.match(/[a-z+]+:\/\/[^"\s]+/gu)).toEqual([
      expect.stringMatching(/^http:\/\/cyclonedx\.org\/schema\//u),
    ]);
    expect(text).not.toContain(root);
    expect(text).not.toMatch(/node_modules|localhost|127\.0\.0\.1/u);
  });

  it("has metrics, and says which packages traces need", async () => {
    const script = join(project, "answers.json");
    await writeFile(script, '{ "text": "Hello" }');
    const serve = ["serve", "--port", "0", "--script", script];
    const { code, stderr } = await cria([...serve, "--metrics", "--traces"]);
    expect(stderr).toMatch(/npm install @opentelemetry\/api@1 .*@opentelemetry\/sdk-trace-base@2/u);
    expect(code).toBe(1);
    const program = `
      import { createScriptedEngine, serve } from "cria";
      const engine = createScriptedEngine({ script: { text: "Hello" } });
      const server = await serve({ engine, metrics: true });
      const response = await fetch(server.metricsUrl);
      process.stdout.write(await response.text());
      await server.close();`;
    const { stdout } = await node(["--input-type=module", "--eval", program]);
    expect(stdout).toMatch(/^cria_build_info\{version="\d+\.\d+\.\d+"\} 1$/mu);
  });

  it("has every page that one of its pages links to", async () => {
    let links = 0;
    for (const page of packed.files.filter((name) => name.endsWith(".md"))) {
      const text = await readFile(installed(page), "utf8");
      for (const [, target = ""] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/gu)) {
        links += 1;
        const path = posix.join(dirname(page), target);
        expect(existsSync(installed(path)), `${page} links to ${target}`).toBe(true);
      }
    }
    expect(links).toBeGreaterThan(10);
  });

  it("prints its help without loading unneeded code, and its version", async () => {
    const help = await cria(["--help"]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toMatch(/^Usage: cria /u);
    const { version } = await manifest();
    expect(await cria(["--version"])).toEqual({ code: 0, stdout: `${String(version)}\n`, stderr: "" });

    const loaded = new Set(["dist/cria.js"]);
    for (const file of loaded) {
      const text = await readFile(installed(file), "utf8");
      // static imports, and those that cria.js awaits at its start
      for (const [, path = ""] of text.matchAll(
        /^(?:import|export|const \{[^}]*\} = await import)\b[^;]*?["'](\.[^"']+)["']\)?;$/gmu,
      ))
        loaded.add(posix.join(dirname(file), path));
    }
    const sizes = await Promise.all([...loaded].map(async (file) => (await stat(installed(file))).size));
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_HELP_BYTES);
  });

  it("starts a server", async () => {
    const script = join(project, "script.json");
    await writeFile(script, JSON.stringify({ tokens: [" Hello", " there"] }));
    const args = [installed("dist/cria.js"), "serve", "--port", "0", "--shell", "posix", "--script", script];
    const server = start(process.execPath, args, { cwd: project, env: plainEnv() });
    try {
      await server.until("stdout", /AWS_ENDPOINT_URL_BEDROCK_RUNTIME=\S+\n/u);
      const url = /AWS_ENDPOINT_URL_BEDROCK_RUNTIME=(\S+)/u.exec(server.stdout)?.[1] ?? "";
      expect(await cria(["--on", url, "Hi"])).toMatchObject({ code: 0, stdout: " Hello there\n" });
    } finally {
      server.child.kill("SIGTERM");
    }
    expect(await server.ended).toBe(TERMINATED);
  });

  it("answers with its own engine process", async (context) => {
    needsEngine(context);
    const args = ["--model-file", await tinyModel("llama-2"), "--max-gen-len", "4", "--stats", "Hi"];
    const { code, stderr } = await cria(args, { CRIA_HOME: testHome() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/ 4 out /u) as string });
  });

  it("is a library for JavaScript, with the listed exports", async () => {
    await copyFile(join(programs, "library.mjs"), join(project, "library.mjs"));
    const { code, stdout, stderr } = await node(["library.mjs"]);
    expect({ code, stderr: withoutWarnings(stderr) }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      text: " Hello there",
      frames: ["chunk", "chunk", "chunk"],
      errors: [true, true],
      exports: { cria: await values("cria"), "event-stream": await values("event-stream") },
    });
  });

  it("is a library for strict TypeScript, with declarations that compile", async () => {
    await copyFile(join(programs, "typed.ts"), join(project, "typed.ts"));
    const compilerOptions = {
      ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
      ...{ skipLibCheck: false, types: ["node"], lib: ["ES2022"] },
      ...{ target: "ES2022", module: "NodeNext", outDir: "out" },
    };
    await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["typed.ts"] }));
    const tsc = await node([join(root, "node_modules/typescript/bin/tsc"), "-p", "."]);
    expect(tsc).toEqual({ code: 0, stdout: "", stderr: "" });
    const { code, stdout, stderr } = await node(["out/typed.js"]);
    expect({ code, stdout, stderr: withoutWarnings(stderr) }).toEqual({
      code: 0,
      stdout: "yes! yes! stop 5 message checksum prompt,messages\n",
      stderr: "",
    });
  });
});

/** The values that a module exports, according to the list. */
async function values(name: string): Promise<string[]> {
  const list = await readFile(join(root, `test/exports/${name}.txt`), "utf8");
  return [...list.matchAll(/^(?:class|const|function) (\S+)$/gmu)].map(([, value = ""]) => value).sort();
}

/** stderr without Node's warnings: the SDK warns about old versions of Node. */
function withoutWarnings(text: string): string {
  return text.replace(/^\(node:\d+\) [^]*?\(Use `node --trace-warnings[^\n]*\n/gmu, "");
}
