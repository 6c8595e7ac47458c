// npm run test:deploy: looks at what is in deploy/ with the tools that will read it, has Prometheus and OpenTelemetry's collector watch a server, then
// builds the image and runs it. `-- manifests`, `-- watching` or `-- image` does one of the three.
//
// The manifests need Go and Python, watching needs Go. The image needs Linux, root, podman, debootstrap and npm's package of Node; where images can't be pulled, it stands on
// base images made here (scripts/deploy/base-images.mjs). The first time takes ten minutes and 2 GB in .cache/deploy.
import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { checkManifests } from "./deploy/manifests.mjs";
import { run, setUpTools, setUpWatchers, whyNoTools } from "./deploy/tools.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
mkdirSync(join(root, ".cache/deploy"), { recursive: true });
// podman knows its folders by their real paths
const cache = realpathSync(join(root, ".cache/deploy"));
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !["manifests", "watching", "image"].includes(name));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(", ")}. There are manifests, watching and image.`);
  process.exit(2);
}
const wants = (what) => asked.length === 0 || asked.includes(what);

let [passed, failed] = [0, 0];
const report = (name, problem) => {
  if (problem === undefined) passed++;
  else failed++;
  console.log(problem === undefined ? `ok      ${name}` : `failed  ${name}: ${problem}`);
};

run(process.execPath, ["scripts/build.mjs", "--if-stale"], { cwd: root });
if (wants("manifests")) {
  const why = whyNoTools();
  if (why === undefined) {
    const tools = setUpTools(join(cache, "tools"));
    checkManifests({ root, work: join(cache, "manifests"), tools, report });
  } else report("the tools for the manifests are here", why);
}
if (wants("watching")) {
  const why = whyNoTools(["go"]);
  if (why === undefined) {
    const { checkWatching } = await import("./deploy/watching.mjs");
    await checkWatching({ root, tools: setUpWatchers(join(cache, "tools")), report });
  } else report("the tools for watching are here", why);
}
if (wants("image")) {
  const { checkImage } = await import("./deploy/check-image.mjs");
  await checkImage({ root, cache, report });
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 ? 1 : 0);
