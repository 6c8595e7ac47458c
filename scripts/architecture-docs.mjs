// Writes two blocks of docs/architecture.md: the rooms with what they use, from the imports in src/, and the order of checks, from the
// table in src/server/order-of-checks.ts. A test fails when the page is out of date: `npm run docs` renews it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { rooms } from "../.dependency-cruiser.js";
import { replaceBlock } from "./generated-block.mjs";

const source = new URL("../src/", import.meta.url);
const page = new URL("../docs/architecture.md", import.meta.url);

/** An import of another room's index. */
const IMPORT = /(?:from|import\()\s*"(?:\.\.\/)+([a-z0-9-]+)\/index\.js"/gu;

/** The rooms that each room imports from, as its files say. */
function readRooms() {
  return Object.keys(rooms).map((name) => {
    const files = readdirSync(new URL(`${name}/`, source), { recursive: true, encoding: "utf8" });
    const sources = files.filter((file) => file.endsWith(".ts"));
    const uses = new Set();
    for (const file of sources) {
      const text = readFileSync(new URL(`${name}/${file.replaceAll("\\", "/")}`, source), "utf8");
      for (const [, room] of text.matchAll(IMPORT)) if (room !== name && room in rooms) uses.add(room);
    }
    return { name, uses: [...uses] };
  });
}

/** How far a room is above those that use nothing. */
function heightOf(room, all) {
  const below = room.uses.map((name) => all.find((other) => other.name === name));
  return below.length === 0 ? 0 : 1 + Math.max(...below.map((other) => heightOf(other, all)));
}

/** A picture of the house: a floor for each height, the rooms on it, and under each what it uses. Arrows point down only. */
export function renderRooms() {
  const all = readRooms();
  const heights = all.map((room) => heightOf(room, all));
  const width = Math.max(...all.map(({ name }) => name.length));
  const lines = [];
  for (let height = Math.max(...heights); height >= 0; height -= 1) {
    const floor = all.filter((_, i) => heights[i] === height);
    if (lines.length > 0) lines.push("");
    for (const { name, uses } of floor) {
      lines.push(`${name.padEnd(width)}  ${rooms[name].what}`);
      if (uses.length > 0) lines.push(`${" ".repeat(width)}   └▶ ${uses.sort().join(", ")}`);
    }
  }
  return ["```text", ...lines, "```"].join("\n");
}

/** @param checks the table of src/server/order-of-checks.ts */
export function renderChecks(checks) {
  return checks
    .map(({ name, passes, file }, i) => `${i + 1}. **${name}**: ${passes} (\`${file}\`)`)
    .join("\n");
}

/** The page with its blocks made anew. */
export function renderArchitecture(text, checks) {
  return replaceBlock(replaceBlock(text, "rooms", renderRooms()), "order of checks", renderChecks(checks));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { orderOfChecks } = await import("../build/server/index.js");
  writeFileSync(page, renderArchitecture(readFileSync(page, "utf8"), orderOfChecks));
}
