/** Cria in a process of its own, which tells how long its event loop was blocked. The argument is the package's dist/index.js. */
import { monitorEventLoopDelay } from "node:perf_hooks";

const { createScriptedEngine, serve } = await import(process.argv[2]);

/** SmolLM2's. */
const chatTemplate =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/** An engine that does nothing with a prompt, so that all time is the server's. */
function engineOf(model) {
  const scripted = createScriptedEngine({ script: { tokens: ["Hi"], promptTokens: 1 }, model });
  return {
    capabilities: scripted.capabilities,
    sequences: scripted.sequences,
    model: () => scripted.model(),
    health: () => scripted.health(),
    generate: (request) => scripted.generate(request),
    countTokens: () => Promise.resolve(1),
    close: () => scripted.close(),
    [Symbol.asyncDispose]: () => scripted.close(),
  };
}

const standIn = await serve({ engine: engineOf({ chatTemplate }) });
const real = await serve({ engine: engineOf({}), as: "meta.llama3-1-8b-instruct-v1:0" });
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on("message", (what) => {
  if (what === "reset") delay.reset();
  process.send({ longestMs: delay.max / 1e6 });
});
process.on("disconnect", () => process.exit());
process.send({ standIn: standIn.url, real: real.url });
