import { fork } from "node:child_process";
import { once } from "node:events";

import type { BosRule, LlamaCppFiles } from "../../../../src/engine/index.js";
import { temporaryFile } from "../../../support/temporary-file.js";

/** Tells the tokens that a model is given for a prompt, of which an engine tells the number alone. */
export interface TokenIds extends AsyncDisposable {
  /** One call at a time. */
  of(prompt: string, bos: BosRule): Promise<number[]>;
}

/** Loads a model as the engine's process does, in a process too, and turns prompts into tokens with the engine's own code. */
export async function startTokenIds({ runtime, modelFile }: LlamaCppFiles): Promise<TokenIds> {
  const engine = new URL("../../../../build/engine/llama-cpp/child/", import.meta.url).href;
  const options = {
    runtimeEntry: runtime.entry,
    addonFile: runtime.addon,
    modelFile,
    sequences: 1,
    contextSize: 256,
    threads: 1,
    gpu: false,
  };
  const script = await temporaryFile(
    "token-ids.mjs",
    `import { load } from "${engine}load.js";
     import { tokenizePrompt } from "${engine}vocabulary.js";
     const { vocabulary } = await load(${JSON.stringify(options)}, { onLog: () => undefined, onProgress: () => undefined });
     process.on("message", ({ prompt, bos }) => process.send(tokenizePrompt(vocabulary, prompt, bos)));
     process.on("disconnect", () => process.exit());
     process.send("ready");`,
  );
  const child = fork(script.path, { execArgv: [] });
  const ended = once(child, "exit").then(() => {
    throw new Error("The process that tells token ids has ended.");
  });
  ended.catch(() => undefined);
  const answer = async (): Promise<unknown> => {
    const [message] = (await Promise.race([once(child, "message"), ended])) as unknown[];
    return message;
  };
  await answer();
  return {
    async of(prompt, bos) {
      child.send({ prompt, bos });
      return (await answer()) as number[];
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended.catch(() => undefined);
      await script[Symbol.asyncDispose]();
    },
  };
}
