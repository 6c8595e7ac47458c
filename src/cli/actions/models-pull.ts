import { pullWeights } from "../../models/index.js";
import { formatBytes } from "../../store/index.js";
import type { PullModelOptions } from "../commands/models.js";
import { ExitCode } from "../exit-code.js";
import { watchInterrupts } from "../interrupts.js";
import { print, tell } from "../output.js";
import { showProgress } from "../progress-display.js";

/** `cria models pull`: fetches a model's weights and prints where they are. */
export async function pullModel(id: string, { quant, json }: PullModelOptions): Promise<number> {
  const { signal } = watchInterrupts();
  const pulled = await pullWeights(id, { quantization: quant, signal, onProgress: showProgress(tell) });
  await print(json ? `${JSON.stringify(pulled, undefined, 2)}\n` : `${pulled.path}\n`);
  const { modelId, quantization, bytes, license } = pulled;
  tell(`${modelId} is here: ${quantization}, ${formatBytes(bytes)}. Its licence: ${license}.`);
  return ExitCode.ok;
}
