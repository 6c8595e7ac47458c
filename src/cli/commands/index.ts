export { defineAsk } from "./ask.js";
export { defineConfig } from "./config/index.js";
export { defineDoctor } from "./doctor.js";
export { defineKeys } from "./keys.js";
export { defineModels } from "./models.js";
export { defineRun } from "./run.js";
export { defineServe } from "./serve.js";
export { defineSetup } from "./setup.js";
