import { readdirSync } from "node:fs";

/**
 * The house: each room with the rooms below it that it may use. Arrows point down only, there are no circles, and a folder is
 * entered by its `index.ts`. Imports of types count. `docs/architecture.md` draws its picture from here.
 *
 * A `pure` room imports nothing from Node.
 */
export const rooms = {
  "event-stream": {
    what: "application/vnd.amazon.eventstream: bytes to messages and back",
    uses: [],
    pure: true,
  },
  bedrock: {
    what: "Bedrock's vocabulary: model ids, native bodies and chunks, Converse, the control plane, exceptions",
    uses: ["event-stream"],
    pure: true,
  },
  prompt: {
    what: "one file a prompt format, both ways; Converse's prompts, tools as text; the chat template in a GGUF",
    uses: ["bedrock"],
    pure: true,
  },
  config: {
    what: "cria.yaml: its JSON schema, and what is wrong in a file, with line and column",
    uses: ["bedrock"],
    pure: true,
  },
  platform: {
    what: "cores, memory, files, programs, deadlines; knows nothing of Cria",
    uses: [],
  },
  store: {
    what: "what Cria keeps on disk: its folder, files replaced atomically, locks between processes, progress",
    uses: ["platform"],
  },
  sigv4: { what: "AWS Signature Version 4: signs and verifies", uses: ["bedrock"] },
  models: {
    what: "the catalogue, GGUF files, downloads, the weights on this machine",
    uses: ["bedrock", "platform", "store"],
  },
  engine: {
    what: "a prompt in, tokens out: llama.cpp in a child process, another server, or a script; the queue in front",
    uses: ["platform", "store"],
  },
  fleet: {
    what: "which engine answers for a model, and the memory of all engines",
    uses: ["bedrock", "engine", "models", "platform", "store"],
  },
  server: {
    what: "the page that answers a request (handle.ts), its transport, access, operations and faults",
    uses: ["bedrock", "prompt", "platform", "store", "sigv4", "engine", "fleet"],
  },
  client: {
    what: "streamLlama() and invokeLlama(), over the official AWS SDK",
    uses: ["event-stream", "bedrock", "prompt", "server"],
  },
  cli: {
    what: "the command; the only room that prints or exits",
    uses: ["bedrock", "config", "platform", "store", "models", "engine", "server", "client"],
  },
};

const unlisted = readdirSync("src", { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !Object.hasOwn(rooms, entry.name))
  .map(({ name }) => name);
if (unlisted.length > 0)
  throw new Error(`src/${unlisted.join(", src/")}: give the room a line in ${import.meta.url}.`);

const arrows = Object.entries(rooms).map(([room, { uses }]) => ({
  name: `${room}-uses-only-what-is-below`,
  comment: `'${room}' may use ${uses.join(", ") || "no other room"}. Arrows point down (docs/architecture.md).`,
  severity: "error",
  from: { path: `^src/${room}/` },
  to: { path: "^src/", pathNot: `^src/(${[room, ...uses].join("|")})/` },
}));

/** Every folder of `src`, such as `src/engine/llama-cpp`. */
const folders = readdirSync("src", { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ parentPath, name }) => `${parentPath}/${name}`.replaceAll("\\", "/"));

const doors = folders.map((folder) => ({
  name: `${folder}-is-entered-by-its-index`,
  comment: `Import from ${folder}/index.ts; add what you need to its list if others may use it.`,
  severity: "error",
  from: { path: "^src/", pathNot: `^${folder}/` },
  to: { path: `^${folder}/`, pathNot: `^${folder}/index[.]ts$` },
}));

const pureRooms = Object.keys(rooms).filter((room) => rooms[room].pure);

export default {
  forbidden: [
    {
      name: "no-circles",
      comment: "Two files that need each other are one file, or need a third one below both. Types count.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    ...arrows,
    ...doors,
    {
      name: "engine-process-shares-only-the-protocol",
      comment:
        "It is a process of its own: what it and its parent need is in src/engine/llama-cpp/protocol.ts.",
      severity: "error",
      from: { path: "^src/engine/llama-cpp/child/" },
      to: { path: "^src/engine/llama-cpp/(index|install|parent|setup)" },
    },
    {
      name: "pure-rooms-import-nothing-from-node",
      comment: "These rooms run anywhere.",
      severity: "error",
      from: { path: `^src/(${pureRooms.join("|")})/` },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "no-orphans",
      comment: "Nobody imports this file.",
      severity: "error",
      from: { orphan: true, path: "^src/" },
      to: {},
    },
  ],
  options: {
    includeOnly: ["^src/", "^node:", "^[a-z_/]+$"],
    tsConfig: { fileName: "tsconfig.json" },
    // types are dependencies: a circle of types is a circle
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
  },
};
