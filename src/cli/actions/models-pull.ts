import { chooseQuantization, machineMemory, pullWeights, weightsOf } from "../../models/index.js";
import { formatBytes } from "../../store/index.js";
import type { PullModelOptions } from "../commands/models.js";
import { defaultMemoryNeed } from "../default-memory-need.js";
import { ExitCode } from "../exit-code.js";
import { watchInterrupts } from "../interrupts.js";
import { print, tell } from "../output.js";
import { showProgress } from "../progress-display.js";

/** `cria models pull`: fetches a model's weights and prints where they are. */
export async function pullModel(id: string, { quant, json }: PullModelOptions): Promise<number> {
  await warnOfMemory(id, quant);
  const { signal } = watchInterrupts();
  const pulled = await pullWeights(id, { quantization: quant, signal, onProgress: showProgress(tell) });
  await print(json ? `${JSON.stringify(pulled, undefined, 2)}\n` : `${pulled.path}\n`);
  const { modelId, quantization, bytes, license } = pulled;
  tell(`${modelId} is here: ${quantization}, ${formatBytes(bytes)}. Its licence: ${license}.`);
  return ExitCode.ok;
}

/** Before many bytes come: tells of weights that don't fit. Fewer sequences or a shorter context may yet make them. */
async function warnOfMemory(id: string, quantization: string | undefined): Promise<void> {
  const weights = weightsOf(id);
  const choice = chooseQuantization(weights, quantization);
  const [needed, memory] = [defaultMemoryNeed(weights, choice), await machineMemory()];
  if (needed <= memory) return;
  tell(
    `${choice.quantization} of ${weights.modelId} takes ${formatBytes(needed)} of memory, and this machine has ${formatBytes(memory)}: ` +
      "take a smaller rounding (--quant), or serve it with fewer --sequences or a smaller --context-size.",
  );
}
