import tseslint from "typescript-eslint";

import { rooms } from "./.dependency-cruiser.js";

/** Source folders without platform APIs; .dependency-cruiser.js checks their imports, and all imports between folders. */
const pureFolders = Object.keys(rooms).filter((room) => rooms[room].pure);

const nodeGlobals = ["process", "Buffer", "require", "__dirname", "setImmediate"];

export default tseslint.config(
  // a test compiles these programs against the installed package
  { ignores: ["test/e2e/package/programs"] },
  { ignores: ["build", "dist", "node_modules", ".venv", ".cache", "coverage"] },
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
      // tsconfig's noPropertyAccessFromIndexSignature requires the opposite of this rule's default
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
    // child.ts is the entry of a separate process
    ignores: ["src/cli/**", "src/engine/llama-cpp/child/child.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "process", property: "exit", message: "Only src/cli prints or exits." },
        { object: "process", property: "stdout", message: "Only src/cli prints or exits." },
      ],
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/store/make-folder.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "CallExpression[callee.name=/^mkdir(Sync)?$/] Property[key.name='recursive']",
          message:
            "Use makeFolder() of src/store: Node's recursive mkdir says ENOENT where a disk is read-only.",
        },
        {
          selector: "CallExpression[callee.name='createWriteStream']",
          message:
            "Use openOwnFile() or replaceFile() of src/store: this follows a link that is there already.",
        },
        {
          selector:
            "CallExpression[callee.name=/^(writeFile|writeFileSync)$/]:not(:has(Property[key.name='flag'][value.value='wx']))",
          message:
            "Use replaceFile() of src/store, or the flag `wx`: otherwise a link that is there already is followed.",
        },
      ],
    },
  },
  {
    files: pureFolders.map((folder) => `src/${folder}/**/*.ts`),
    rules: {
      "no-restricted-globals": [
        "error",
        ...nodeGlobals.map((name) => ({
          name,
          message: "This folder runs on any platform: no Node globals.",
        })),
      ],
    },
  },
);
