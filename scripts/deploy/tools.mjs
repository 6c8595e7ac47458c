// The tools that look at deploy/, in .cache/deploy/tools: Go's and Python's are installed there the first time, each in the version that
// stands here. Nothing of them is needed to use Cria.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Go programs that look at files: a package, its version, the name of the program that `go install` makes of it, and build tags. */
const PROGRAMS = {
  helm: { package: "helm.sh/helm/v3/cmd/helm", version: "v3.22.0", builds: "helm" },
  kubeconform: {
    package: "github.com/yannh/kubeconform/cmd/kubeconform",
    version: "v0.8.0",
    builds: "kubeconform",
  },
  // without the packages that find what to scrape in each cloud: they are most of what would be compiled
  promtool: {
    package: "github.com/prometheus/prometheus/cmd/promtool",
    version: "v0.316.0",
    builds: "promtool",
    tags: "remove_all_sd",
  },
  // Docker Compose's own reader of its files
  "compose-go": { package: "github.com/compose-spec/compose-go/v2/cmd", version: "v2.16.2", builds: "cmd" },
};

/** Go programs that watch a server. */
const WATCHERS = {
  prometheus: {
    package: "github.com/prometheus/prometheus/cmd/prometheus",
    version: "v0.316.0",
    builds: "prometheus",
    tags: "remove_all_sd",
  },
};

/** OpenTelemetry's collector is put together by whoever builds it: `collector/main.go` here, of these modules. */
const COLLECTOR = {
  version: "v0.165.0",
  modules: [
    "go.opentelemetry.io/collector/otelcol@v0.165.0",
    "go.opentelemetry.io/collector/receiver/otlpreceiver@v0.165.0",
    "go.opentelemetry.io/collector/exporter/debugexporter@v0.165.0",
    "go.opentelemetry.io/collector/confmap/provider/fileprovider@v1.71.0",
  ],
};

/** Go modules that carry the schemas of custom resources: the file of each, in the module. */
const CUSTOM_RESOURCES = [
  {
    module: "github.com/ray-project/kuberay/ray-operator",
    version: "v1.5.0",
    file: "config/crd/bases/ray.io_rayservices.yaml",
  },
  {
    module: "github.com/prometheus-operator/prometheus-operator",
    version: "v0.85.0",
    file: "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
  },
];

/** Kubernetes' own schemas, strict ones, with a validator. */
const KUBERNETES_VALIDATE = "kubernetes-validate==1.37.0";

/**
 * Runs a program to its end.
 *
 * @param options.check whether another exit code than 0 is an error
 * @returns `{ status, output }`, with what it wrote to stdout and stderr
 */
export function run(command, args, { check = true, ...options } = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 100_000_000,
    ...options,
  });
  const output = `${stdout ?? ""}${stderr ?? ""}`;
  if (check && status !== 0)
    throw new Error(`${command} ${args.join(" ")} failed: ${error?.message ?? output.trim()}`);
  return { status, stdout: stdout ?? "", output: error ? error.message : output };
}

/** Whether a program is on the PATH. */
export const isInstalled = (name) => spawnSync("sh", ["-c", `command -v ${name}`]).status === 0;

/** @param needed programs @returns why the tools can't be had here, as a sentence; undefined if they can */
export function whyNoTools(needed = ["go", "python3"]) {
  const missing = needed.filter((name) => !isInstalled(name));
  if (missing.length === 0) return undefined;
  return `${missing.join(", ")} isn't installed. They need Go 1.26 or later (https://go.dev/dl), and Python 3 with venv`;
}

/**
 * Sets up the tools; what is there isn't made again.
 *
 * @param folder where they are kept
 * @returns the paths of the programs, and of the files with custom resources
 */
export function setUpTools(folder) {
  return {
    ...goPrograms(folder, PROGRAMS),
    python: pythonWith(folder, KUBERNETES_VALIDATE),
    customResources: CUSTOM_RESOURCES.map(({ module, version, file }) =>
      join(goModule(module, version), file),
    ),
  };
}

/** Sets up Prometheus and the collector; what is there isn't made again. @param folder where they are kept @returns the paths of the programs */
export function setUpWatchers(folder) {
  return { ...goPrograms(folder, WATCHERS), collector: goCollector(folder) };
}

function goPrograms(folder, programs) {
  mkdirSync(folder, { recursive: true });
  return Object.fromEntries(
    Object.entries(programs).map(([name, program]) => [name, goProgram(folder, name, program)]),
  );
}

function goCollector(folder) {
  const { version, modules } = COLLECTOR;
  const home = join(folder, `collector-${version}`);
  const program = join(home, "collector");
  if (existsSync(program)) return program;
  console.log(`Building OpenTelemetry's collector ${version} …`);
  mkdirSync(home, { recursive: true });
  copyFileSync(fileURLToPath(new URL("collector/main.go", import.meta.url)), join(home, "main.go"));
  const go = (...args) => run("go", args, { cwd: home });
  if (!existsSync(join(home, "go.mod"))) go("mod", "init", "collector");
  go("get", ...modules);
  go("mod", "tidy");
  go("build", "-trimpath", "-ldflags=-s -w", "-o", "collector", ".");
  return program;
}

function goProgram(folder, name, { package: path, version, builds, tags = "" }) {
  const bin = join(folder, `${name}-${version}`);
  const program = join(bin, builds);
  if (existsSync(program)) return program;
  console.log(`Building ${name} ${version} …`);
  run("go", ["install", "-ldflags=-s -w", `-tags=${tags}`, `${path}@${version}`], {
    cwd: folder,
    env: { ...process.env, GOBIN: bin, GOFLAGS: "-buildvcs=false -trimpath" },
  });
  return program;
}

/** @returns the folder of a module's files */
function goModule(module, version) {
  const { stdout } = run("go", ["mod", "download", "-json", `${module}@${version}`], { cwd: "/" });
  return JSON.parse(stdout).Dir;
}

/** @returns the Python of an environment that has a package */
function pythonWith(folder, requirement) {
  const environment = join(folder, "python");
  const mark = join(environment, "installed.txt");
  const python = join(environment, "bin/python");
  if (existsSync(mark) && readFileSync(mark, "utf8") === requirement) return python;
  console.log(`Installing ${requirement} …`);
  run("python3", ["-m", "venv", environment]);
  run(python, ["-m", "pip", "install", "--quiet", requirement]);
  writeFileSync(mark, requirement);
  return python;
}
