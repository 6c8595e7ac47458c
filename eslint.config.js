import tseslint from "typescript-eslint";

/**
 * The house: each room with the rooms it may import from. Arrows only point down (docs/architecture.md).
 * `pure` rooms run anywhere, so they import nothing from Node.
 */
const rooms = {
  "event-stream": { imports: [], pure: true },
  bedrock: { imports: ["event-stream"], pure: true },
  prompt: { imports: ["bedrock"], pure: true },
  store: { imports: [] },
  models: { imports: ["store", "bedrock"] },
  engine: { imports: ["store"] },
  server: { imports: ["engine", "models", "store", "prompt", "bedrock", "event-stream"] },
  client: { imports: ["server", "engine", "models", "store", "prompt", "bedrock", "event-stream"] },
  cli: { imports: ["client", "server", "engine", "models", "store", "prompt", "bedrock", "event-stream"] },
};

const nodeGlobals = ["process", "Buffer", "require", "__dirname", "setImmediate"];

const arrows = Object.entries(rooms).map(([room, { imports, pure }]) => {
  const forbidden = Object.keys(rooms).filter((other) => other !== room && !imports.includes(other));
  const patterns = [
    {
      // a file of a nested folder climbs one level more
      regex: `^(\\.\\./)+(${forbidden.join("|")})/`,
      message: `'${room}' may import only from: ${imports.join(", ") || "no other room"}. Arrows point down (docs/architecture.md).`,
    },
    {
      regex: `^(\\.\\./)+(${Object.keys(rooms).join("|")})/(?!index\\.js$).*/`,
      message: "Another room is entered by its own top-level files, not through its inner folders.",
    },
  ];
  if (pure) patterns.push({ regex: "^node:", message: `'${room}' is pure: it imports nothing from Node.` });
  return {
    files: [`src/${room}/**/*.ts`],
    rules: {
      "no-restricted-imports": ["error", { patterns }],
      ...(pure && {
        "no-restricted-globals": [
          "error",
          ...nodeGlobals.map((name) => ({ name, message: `'${room}' is pure: no Node globals.` })),
        ],
      }),
    },
  };
});

export default tseslint.config(
  { ignores: ["dist", "node_modules", ".venv", ".cache", "coverage"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/prefer-promise-reject-errors": [
        "error",
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      // tsconfig asks for noPropertyAccessFromIndexSignature, the opposite of this rule's default
      "@typescript-eslint/dot-notation": "off",
      "@typescript-eslint/only-throw-error": [
        "error",
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  {
    files: ["src/**/*.ts"],
    // child.ts is the entry of a process of its own
    ignores: ["src/cli/**", "src/engine/llama-cpp/child/child.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "process", property: "exit", message: "Only src/cli prints or exits." },
        { object: "process", property: "stdout", message: "Only src/cli prints or exits." },
      ],
    },
  },
  ...arrows,
);
