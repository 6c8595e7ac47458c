/**
 * Builds llama.cpp's own `llama-server` and `llama-bench` from the sources in the engine's binding, to compare Cria
 * with them. They are built outside the repository: in `CRIA_BENCH_DIR`, or a folder for temporary files. Needs git, cmake and a C++ compiler;
 * takes about ten minutes on two cores, once.
 *
 *     npm run build && node bench/support/build-llama-cpp.mjs
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { home, modules } from "./home.mjs";

/** The folder for everything that the benchmarks build. */
export const benchFolder = process.env.CRIA_BENCH_DIR ?? join(tmpdir(), "cria-bench");

/**
 * The instruction sets that llama.cpp supports, by Linux's names. `GGML_NATIVE` asks the compiler instead, which on virtual machines reports sets that
 * aren't available.
 */
const INSTRUCTION_SETS = {
  AVX: ["avx"],
  AVX2: ["avx2"],
  FMA: ["fma"],
  F16C: ["f16c"],
  BMI2: ["bmi2"],
  AVX_VNNI: ["avx_vnni"],
  AVX512: ["avx512f", "avx512cd", "avx512vl", "avx512dq", "avx512bw"],
  AVX512_VBMI: ["avx512vbmi"],
  AVX512_VNNI: ["avx512_vnni"],
  AVX512_BF16: ["avx512_bf16"],
  AMX_TILE: ["amx_tile"],
  AMX_INT8: ["amx_int8"],
};

export async function instructionSets() {
  if (process.arch !== "x64" || process.platform !== "linux") return [];
  const flags = /^flags\s*:(.*)$/mu.exec(await readFile("/proc/cpuinfo", "utf8"))?.[1].split(" ") ?? [];
  const all = Object.entries(INSTRUCTION_SETS).map(
    ([name, needed]) => `-DGGML_${name}=${needed.every((flag) => flags.includes(flag)) ? "ON" : "OFF"}`,
  );
  return ["-DGGML_NATIVE=OFF", ...all];
}

async function run(command, args) {
  const child = spawn(command, args, { stdio: ["ignore", 2, 2] });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${command} ${args[0]} ended with ${code}.`);
}

/** llama.cpp's sources, which come with the package node-llama-cpp; Cria's engine needs only the builds. */
async function sourceBundle(version) {
  const folder = join(benchFolder, `node-llama-cpp-${version}`);
  const bundle = join(folder, "package/llama/gitRelease.bundle");
  if (existsSync(bundle)) return bundle;
  await mkdir(folder, { recursive: true });
  await run("npm", ["pack", "--silent", "--pack-destination", folder, `node-llama-cpp@${version}`]);
  await run("tar", ["-xzf", join(folder, `node-llama-cpp-${version}.tgz`), "-C", folder]);
  return bundle;
}

/** Where the sources are, where they are built, and the paths of the programs and of the folder with them and their libraries. */
async function layout() {
  const { ensureLlamaCppRuntime, ENGINE_VERSION } = await import(`${modules}/engine/index.js`);
  const { addon } = await ensureLlamaCppRuntime({ home });
  const bundle = await sourceBundle(ENGINE_VERSION);
  const { stdout } = await promisify(execFile)("git", ["bundle", "list-heads", bundle]);
  const folder = join(benchFolder, `llama.cpp-${stdout.slice(0, 10)}`);
  const bin = join(folder, "build/bin");
  return {
    ...{ bundle, folder, bins: dirname(addon) },
    programs: { bin, server: join(bin, "llama-server"), bench: join(bin, "llama-bench") },
  };
}

/** The paths of the programs, if they are built. */
export async function builtPrograms() {
  const { programs } = await layout();
  return existsSync(programs.server) && existsSync(programs.bench) ? programs : undefined;
}

/**
 * Builds the programs that aren't built yet.
 *
 * @returns the paths of the programs, and of the folder with the programs and their libraries
 */
export async function buildLlamaCpp() {
  const built = await builtPrograms();
  if (built) return built;
  const { bundle, bins, folder, programs } = await layout();

  const sources = join(folder, "sources");
  if (!existsSync(join(sources, "CMakeLists.txt"))) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await run("git", ["-c", "advice.detachedHead=false", "clone", "-q", bundle, sources]);
  }
  const options = [
    ...["-DCMAKE_BUILD_TYPE=Release", ...(await instructionSets())],
    // the CPU backend as a separate library, so that the binding's can take its place
    ...["-DBUILD_SHARED_LIBS=ON", "-DGGML_BACKEND_DL=ON", "-DCMAKE_PLATFORM_NO_VERSIONED_SONAME=ON"],
    // without downloads and without parts that aren't measured
    ...["-DLLAMA_OPENSSL=OFF", "-DLLAMA_CURL=OFF", "-DLLAMA_BUILD_UI=OFF", "-DLLAMA_USE_PREBUILT_UI=OFF"],
    ...["-DLLAMA_BUILD_TESTS=OFF", "-DLLAMA_BUILD_EXAMPLES=OFF", "-DLLAMA_BUILD_APP=OFF"],
  ];
  const build = join(folder, "build");
  await run("cmake", ["-S", sources, "-B", build, ...options]);
  const jobs = `-j${availableParallelism()}`;
  await run("cmake", ["--build", build, jobs, "--target", "llama-server", "llama-bench"]);
  await takeBindingsBackends(bins, programs.bin);
  return programs;
}

/**
 * Puts the binding's CPU backends, one for each family of processors, in the place of the one that was built here. Both sides then compute with the same
 * machine code: otherwise the benchmark would compare compilers, and a processor can report instruction sets that this compiler uses in a way it
 * can't run (seen with AMX on a virtual machine).
 */
async function takeBindingsBackends(bins, to) {
  const backends = (await readdir(bins)).filter((name) => name.startsWith("libggml-cpu-"));
  if (backends.length === 0) return;
  await rm(join(to, "libggml-cpu.so"), { force: true });
  for (const name of backends) await copyFile(join(bins, name), join(to, name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${(await buildLlamaCpp()).bin}\n`);
}
