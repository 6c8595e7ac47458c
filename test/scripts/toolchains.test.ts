import { existsSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { beforeEach, describe, expect, it, vi } from "vitest";

import {
  readToolchains,
  setUpToolchains,
  toolchainsFile,
  type Toolchain,
} from "../../scripts/toolchains.mjs";
import { emptyFolder } from "../support/folder.js";
import { needsPosix } from "../support/platform.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));

/** A fake program that prints lines to stderr and exits with a code. */
const says = (code: number, ...lines: readonly string[]) =>
  `cat >&2 <<'WORDS'\n${lines.join("\n")}\nWORDS\nexit ${code}\n`;

/** A temporary repository with the examples and clients, and a PATH with the fake programs and a few of the system's. */
async function machineWith(programs: Readonly<Record<string, string>>) {
  const [root, bin] = [await emptyFolder(), await emptyFolder()];
  for (const name of ["examples", "test"]) await symlink(join(repository, name), join(root, name));
  const install = async (more: Readonly<Record<string, string>>) => {
    for (const [name, script] of Object.entries(more))
      await writeFile(join(bin, name), `#!/bin/sh\n${script}`, { mode: 0o755 });
  };
  await install(programs);
  for (const name of ["cat", "mkdir", "chmod"]) await symlink(`/bin/${name}`, join(bin, name));
  const setUp = (...names: readonly Toolchain[]) => setUpToolchains(root, names, { PATH: bin });
  return { root, install, setUp };
}

/** A fake `python3` whose environment has a fake pip. */
const pythonWhosePip = (pip: string) => `
mkdir -p "$4/bin"
cat >"$4/bin/python" <<'PYTHON'
#!/bin/sh
${pip}
PYTHON
chmod +x "$4/bin/python"
`;

describe("the set-up of the tests", () => {
  beforeEach((context) => needsPosix(context, "Windows runs no shell script in a program's place."));
  beforeEach(() => {
    const silence = [
      vi.spyOn(process.stdout, "write").mockReturnValue(true),
      vi.spyOn(process.stderr, "write").mockReturnValue(true),
      vi.spyOn(console, "log").mockReturnValue(undefined),
    ];
    return () => silence.forEach((spy) => spy.mockRestore());
  });

  const PREFIX =
    "[ERROR] No plugin found for prefix 'exec' in the current project and in the plugin groups [org.codehaus.mojo] " +
    "available from the repositories [local (/home/me/.m2/repository), central (https://registry.example)] -> [Help 1]";
  const maven = says(
    1,
    PREFIX,
    "[ERROR] ",
    "[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.",
    "[ERROR] [Help 1] http://help.example",
  );
  const BOTO3 =
    "ERROR: Could not find a version that satisfies the requirement boto3==1.2 (from versions: none)";
  const NUGET =
    "/examples/dotnet/InvokeModelWithResponseStream.csproj : error NU1101: Unable to find package AWSSDK.BedrockRuntime. " +
    "No packages exist with this id in source(s): registry";
  const GO =
    'main.go:9:2: github.com/aws/aws-sdk-go-v2/config@v1: Get "https://registry.example": dial tcp: no such host';

  it.each<[Toolchain, string, Readonly<Record<string, string>>, string]>([
    ["maven", "lacks a plugin", { mvn: maven }, PREFIX],
    ["java", "lacks a plugin", { mvn: maven }, PREFIX],
    [
      "java",
      "is too old",
      { mvn: "exit 0", javac: says(2, "error: release version 17 not supported", "Usage: javac") },
      "error: release version 17 not supported",
    ],
    [
      "dotnet",
      "lacks a package",
      { dotnet: says(1, "  Determining projects to restore...", NUGET, NUGET) },
      NUGET,
    ],
    [
      "dotnet",
      "is a runtime without an SDK",
      { dotnet: says(145, "The command could not be loaded, possibly because:", "No .NET SDKs were found.") },
      "The command could not be loaded, possibly because: No .NET SDKs were found.",
    ],
    [
      "python",
      "lacks a package",
      {
        python3: pythonWhosePip(
          says(
            1,
            "WARNING: Retrying after connection broken by 'NewConnectionError()'",
            BOTO3,
            "ERROR: No match",
          ),
        ),
      },
      BOTO3,
    ],
    [
      "python",
      "comes without pip",
      { python3: says(1, "The virtual environment was not created, as ensurepip is not available.") },
      "The virtual environment was not created, as ensurepip is not available.",
    ],
    [
      "python",
      "is a version manager's without a version",
      { python3: says(127, "pyenv: python3: command not found") },
      "pyenv: python3: command not found",
    ],
    ["go", "has no network", { go: says(1, "go: downloading github.com/aws/smithy-go v1", GO) }, GO],
    [
      "rust",
      "has no network",
      {
        cargo: says(
          101,
          "    Updating the index",
          "warning: spurious network error (3 tries remaining): [6] Could not resolve host",
          "error: failed to get `aws-config` as a dependency of package `example`",
          "",
          "Caused by:",
          "  failed to query replaced source registry",
          "",
          "Caused by:",
          "  [6] Could not resolve host: registry.example",
        ),
      },
      "error: failed to get `aws-config` as a dependency of package `example` [6] Could not resolve host: registry.example",
    ],
    ["rust", "says nothing", { cargo: "exit 3" }, "`cargo` ended with 3"],
  ])("notes what %s says that %s", async (name, _, programs, words) => {
    const { root, setUp } = await machineWith(programs);
    expect(await setUp(name)).toEqual({ [name]: words });
    expect(readToolchains(root)).toEqual({ [name]: words });
  });

  it("records the missing programs", async () => {
    const { setUp } = await machineWith({});
    expect(await setUp("python", "maven", "java", "go", "rust", "dotnet")).toEqual({
      python: "there is no `python3` here",
      maven: "there is no `mvn` here",
      java: "there is no `mvn` here",
      go: "there is no `go` here",
      rust: "there is no `cargo` here",
      dotnet: "there is no `dotnet` here",
    });
  });

  it("records the messages of npm and pip in `cria setup`", async () => {
    const { root, setUp } = await machineWith({});
    await mkdir(join(root, "dist"), { recursive: true });
    const words = "cria: The engine could not be fetched: npm error network request failed";
    await writeFile(
      join(root, "dist/cria.js"),
      `console.error(${JSON.stringify(words)}); process.exitCode = 1;`,
    );
    expect(await setUp("engine")).toEqual({ engine: words });
  });

  it("builds the Java client once, but checks each time that Maven still has the example's packages", async () => {
    const { root, install, setUp } = await machineWith({ mvn: "exit 0", javac: "exit 0", java: "exit 0" });
    expect(await setUp("maven", "java")).toEqual({ maven: null, java: null });
    const client = join(root, ".cache/conformance/java/client.args");
    expect(await readFile(client, "utf8")).toContain('"Main"');
    await install({ mvn: maven });
    expect(await setUp("maven", "java")).toEqual({ maven: PREFIX, java: null });
    await install({ java: says(1, "Error: could not find libjava.so") });
    expect(await setUp("java")).toEqual({ java: "Error: could not find libjava.so" });
  });

  it("keeps the Python environment while boto3 can be imported there, and makes it again otherwise", async () => {
    const imports = await machineWith({ python3: pythonWhosePip("exit 0") });
    expect(await imports.setUp("python")).toEqual({ python: null });
    await imports.install({ python3: says(1, "asked again") });
    expect(await imports.setUp("python")).toEqual({ python: null });

    const doesNot = await machineWith({ python3: pythonWhosePip('[ "$1" = -m ]') });
    expect(await doesNot.setUp("python")).toEqual({ python: null });
    await doesNot.install({ python3: says(1, "asked again") });
    expect(await doesNot.setUp("python")).toEqual({ python: "asked again" });
  });

  /** A fake pip that makes the environment, and does this when it is asked for the package with Llama 4's vocabulary. */
  const pipThat = (does: string) => ({ python3: pythonWhosePip(`case "$*" in *--target*) ${does}\nesac`) });

  it("fetches Llama 4's vocabulary once, with the environment's pip", async () => {
    const { root, setUp } = await machineWith(
      pipThat(`
while [ "$1" != --target ]; do shift; done
mkdir -p "$2/llama_models/llama4"
echo 'IQ== 0' >"$2/llama_models/llama4/tokenizer.model"`),
    );
    expect(await setUp("llama4")).toEqual({ llama4: "there is no `.venv/bin/python` here" });
    expect(await setUp("python", "llama4")).toEqual({ python: null, llama4: null });
    const file = join(root, ".cache/llama-4/tokenizer.model");
    expect(await readFile(file, "utf8")).toBe("IQ== 0\n");
    expect(existsSync(join(root, ".cache/llama-4/package"))).toBe(false);
    await writeFile(file, "kept");
    expect(await setUp("llama4")).toEqual({ llama4: null });
    expect(await readFile(file, "utf8")).toBe("kept");
  });

  it("notes why Llama 4's vocabulary can't be fetched", async () => {
    const words = "ERROR: No matching distribution found for llama-models==0.3.0";
    const { setUp } = await machineWith(pipThat(says(1, words)));
    expect(await setUp("python", "llama4")).toEqual({ python: null, llama4: words });
  });

  it("removes a program that no longer matches its sources and can't be built again", async () => {
    const { root, install, setUp } = await machineWith({
      go: 'while [ "$1" != -o ]; do shift; done; cat </dev/null >"$2"',
    });
    expect(await setUp("go")).toEqual({ go: null });
    const program = join(root, ".cache/conformance/go/client");
    expect(existsSync(program)).toBe(true);
    await writeFile(join(root, ".cache/conformance/go/stamp.txt"), "of other sources");
    await install({ go: says(1, GO) });
    expect(await setUp("go")).toEqual({ go: GO });
    expect(existsSync(program)).toBe(false);
  });

  it("keeps the records of toolchains that this run doesn't need", async () => {
    const { root, install, setUp } = await machineWith({ go: says(1, GO) });
    await setUp("go");
    await install({ mvn: "exit 0" });
    await setUp("maven");
    expect(readToolchains(root)).toEqual({ go: GO, maven: null });
    await writeFile(toolchainsFile(root), "{");
    expect(readToolchains(root)).toEqual({});
  });
});
