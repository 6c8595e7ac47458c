import { engineState } from "../../engine/index.js";
import { formatBytes } from "../../platform/index.js";
import { type Finding, messageOf, ok, problem, type Surroundings, warning } from "./finding.js";

/** How long the engine may take to load and name its devices, in ms: a GPU's driver that sleeps takes seconds. */
const ENGINE_MS = 15_000;

/** The engine's build, whether it can be loaded, and what it computes on. */
export async function checkEngine({ env, home }: Surroundings): Promise<Finding[]> {
  let state;
  try {
    state = await engineState(env, home, { deadlineMs: ENGINE_MS });
  } catch (error) {
    if (error instanceof Error && error.name === "SettingsError") {
      return [
        problem("engine", "its build isn't known without the settings", "See the line of the settings."),
      ];
    }
    return [problem("engine", messageOf(error), "`cria --help` shows --on.")];
  }
  const { version, build, why, installed, devices, better } = state;
  const findings = [
    installed
      ? ok("engine", `llama.cpp of node-llama-cpp ${version}, ${build}: ${why}`)
      : warning(
          "engine",
          `${build} isn't here yet: ${why}`,
          "`cria setup`, or the first prompt, downloads it.",
        ),
  ];
  if (typeof devices === "string") {
    findings.push(
      problem(
        "device",
        `the engine can't be loaded: ${devices}`,
        build.endsWith("vulkan") || build.includes("cuda")
          ? "`cria setup --gpu none` sets up the build for the processor."
          : "`cria setup` fetches it again.",
      ),
    );
  } else if (devices !== undefined) {
    const { names, totalBytes, freeBytes, instructions } = devices;
    const gpus = `${names.join(", ")}: ${formatBytes(totalBytes)} of memory, ${formatBytes(freeBytes)} free`;
    const text = names.length > 0 ? gpus : "the processor";
    if (names.some((name) => /llvmpipe|lavapipe|swiftshader/iu.test(name))) {
      findings.push(
        warning("device", `${text}; the processor imitates it`, "`cria setup --gpu none` is faster."),
      );
    } else findings.push(ok("device", text));
    if (instructions.length > 0) findings.push(ok("uses", instructions.join(" ")));
  }
  if (better !== undefined) {
    findings.push(
      warning("gpu", `this machine seems to have a GPU for ${better}`, "`cria setup --gpu auto` tries it."),
    );
  }
  return findings;
}
