import type { GenerateRequest } from "../engine.js";
import { ScriptError } from "../errors.js";
import { checkScript, type CheckedScript, checkScripts } from "./check-script.js";
import type { Script } from "./script.js";

/** Finds the script for a request. @throws {ScriptError} there is none. */
export type ChooseScript = (request: GenerateRequest) => CheckedScript;

/**
 * The choice that a scripted engine makes: a function's own, or of several scripts first those for certain prompts, then the others in
 * turn.
 *
 * @throws {ScriptError} a script is wrong.
 */
export function chooseScript(
  script: Script | readonly Script[] | ((request: GenerateRequest) => Script),
): ChooseScript {
  if (typeof script === "function") return (request) => checkScript(script(request));
  const scripts = checkScripts(script);
  const inTurn = scripts.filter(({ when }) => when === undefined);
  let next = 0;
  return ({ prompt }) => {
    const chosen = latestMatch(scripts, prompt) ?? inTurn[next++ % inTurn.length];
    if (chosen) return chosen;
    throw new ScriptError(
      "The script has no answer for this prompt, which contains none of its `when` texts.",
    );
  };
}

/** The script whose `when` ends last in the prompt; the first of several that end in the same place. */
function latestMatch(scripts: readonly CheckedScript[], prompt: string): CheckedScript | undefined {
  let latest: CheckedScript | undefined;
  let latestEnd = 0;
  for (const script of scripts) {
    if (script.when === undefined) continue;
    const start = prompt.lastIndexOf(script.when);
    const end = start + script.when.length;
    if (start === -1 || end <= latestEnd) continue;
    latest = script;
    latestEnd = end;
  }
  return latest;
}
