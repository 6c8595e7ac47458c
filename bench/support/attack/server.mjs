/** Cria with the scripted engine, in a process of its own. Arguments: `none` or `keys`. */
import { modules } from "../home.mjs";
import { answer } from "../http-path/process.mjs";
import { FLOOD, KEY, MODEL } from "./callers.mjs";

const { createScriptedEngine, serve } = await import(`${modules}/index.js`);

const auth = process.argv[2];
process.env.CRIA_ACCESS_KEY_ID = KEY.accessKeyId;
process.env.CRIA_SECRET_ACCESS_KEY = KEY.secretAccessKey;
const engine = createScriptedEngine({
  // as many as a local model usually has
  model: { sequences: 4 },
  script: [{ tokens: Array(2048).fill(" Hello"), when: FLOOD }, { tokens: ["Hel", "lo"] }],
});
const keysFile = "/nonexistent/keys.json";
const server = await serve({ engine, as: MODEL, auth, ...(auth === "keys" && { keysFile }) });
answer(server.port);
