// Servers in a separate process, so that another Node can run them and a crash is visible from outside. Arguments: the folder with the compiled
// sources, and the options of each server as JSON. It sends their ports, and ends with its parent.
import { pathToFileURL } from "node:url";

const [folder, ...options] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(`${folder}/${file}`).href);
const { createScriptedEngine } = await load("engine/index.js");
const { serve } = await load("server/index.js");

const ports = [];
for (const json of options) {
  const engine = createScriptedEngine({ script: { tokens: ["Hello"] } });
  const server = await serve({ engine, as: "meta.llama2-13b-chat-v1", ...JSON.parse(json) });
  ports.push(server.port);
}
process.on("disconnect", () => process.exit());
process.send(ports);
