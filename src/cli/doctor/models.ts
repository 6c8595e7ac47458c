import {
  checkModelFile,
  currentStandIn,
  findStandIn,
  listWeights,
  STAND_IN_ID,
  standInName,
  whyChosen,
} from "../../models/index.js";
import { formatBytes, machineMemory } from "../../platform/index.js";
import { memoryOf } from "../model-list.js";
import { type Finding, messageOf, ok, problem, type Surroundings, warning } from "./finding.js";

/** The models here, whether they fit into memory, and which one stands in for all others. */
export async function checkModels({ env, home }: Surroundings): Promise<Finding[]> {
  const findings: Finding[] = [];
  let bestIsHere = false;
  try {
    const { models } = await listWeights({ env, home });
    const memory = machineMemory();
    for (const model of models) {
      const { weights, found } = model;
      if (found === undefined) continue;
      bestIsHere ||= weights.modelId === STAND_IN_ID;
      const need = memoryOf(model, memory);
      const takes = need === undefined ? "" : `, takes ${formatBytes(need.memoryBytes)} of memory by default`;
      const text = `${weights.modelId}: ${found.path}${takes}`;
      findings.push(
        need?.fits === false
          ? warning("model", text, "Fewer --sequences or a smaller --context-size need less.")
          : ok("model", text),
      );
    }
  } catch (error) {
    findings.push(problem("models", messageOf(error), "Until then no model's weights can be looked for."));
  }
  return [...findings, await checkStandIn({ env, home }, bestIsHere)];
}

/** The model that answers where the one that was asked for isn't here. @param bestIsHere - whether the best one's weights are here */
async function checkStandIn(
  { env, home }: Pick<Surroundings, "env" | "home">,
  bestIsHere: boolean,
): Promise<Finding> {
  const chosen = env["CRIA_MODEL"];
  if (chosen) {
    return checkModelFile(chosen).then(
      () => ok("stand-in", `${chosen} (CRIA_MODEL)`),
      (error: unknown) =>
        problem("stand-in", messageOf(error), "Unset CRIA_MODEL, or set it to another file."),
    );
  }
  try {
    const choice = await currentStandIn({ env, home });
    if (choice === undefined) {
      return bestIsHere
        ? ok("stand-in", "is chosen at the first prompt")
        : warning(
            "stand-in",
            "isn't chosen yet",
            "`cria setup`, or the first prompt, chooses and downloads it.",
          );
    }
    const name = `${standInName(choice.standIn)}, since ${whyChosen(choice)}`;
    const path = await findStandIn(choice.standIn, { env, home, signal: new AbortController().signal });
    if (path !== undefined) return ok("stand-in", `${name}: ${path}`);
    return warning(
      "stand-in",
      `${name}; it isn't here yet`,
      "`cria setup`, or the first prompt, downloads it.",
    );
  } catch (error) {
    return problem("stand-in", messageOf(error), "`cria setup --model default` chooses another one.");
  }
}
