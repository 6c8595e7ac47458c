import tseslint from "typescript-eslint";

import { rooms } from "./.dependency-cruiser.js";

/** Rooms that run anywhere; .dependency-cruiser.js keeps their imports, and all arrows between rooms. */
const pureRooms = Object.keys(rooms).filter((room) => rooms[room].pure);

const nodeGlobals = ["process", "Buffer", "require", "__dirname", "setImmediate"];

export default tseslint.config(
  // a test compiles these programs, against the installed package
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
  {
    files: pureRooms.map((room) => `src/${room}/**/*.ts`),
    rules: {
      "no-restricted-globals": [
        "error",
        ...nodeGlobals.map((name) => ({ name, message: "This room is pure: no Node globals." })),
      ],
    },
  },
);
