import { describe, expect, test } from "vitest";

import {
  engineEnvironment,
  tokenizerEnvironment,
} from "../../../../src/engine/llama-cpp/parent/child-process.js";

/** What a server may have around it. */
const SECRETS = {
  AWS_ACCESS_KEY_ID: "x",
  AWS_SECRET_ACCESS_KEY: "x",
  AWS_BEARER_TOKEN_BEDROCK: "x",
  CRIA_API_KEY: "x",
  CRIA_SECRET_ACCESS_KEY: "x",
  HF_TOKEN: "x",
  OPENAI_API_KEY: "x",
  NPM_CONFIG__AUTHTOKEN: "x",
  PGPASSWORD: "x",
  GOOGLE_APPLICATION_CREDENTIALS: "x",
  SSH_PRIVATE_KEY: "x",
};
/** What a GPU's driver, or the loader, may need. */
const NEEDED = {
  HOME: "/home/a",
  CUDA_VISIBLE_DEVICES: "1",
  GGML_VK_VISIBLE_DEVICES: "0",
  XDG_RUNTIME_DIR: "/run",
};
const [PATH, FOLDER] = process.platform === "win32" ? ["Path", "C:\\lib"] : ["LD_LIBRARY_PATH", "/opt/lib"];
const PATHS = { [PATH]: FOLDER };

describe("what a process that reads model files finds in its environment", () => {
  test("the engine finds no secrets, and all that a GPU's driver may need", () => {
    const found = engineEnvironment({ ...SECRETS, ...NEEDED, ...PATHS });
    expect(Object.keys(found)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/AWS|CRIA|TOKEN|KEY/u)]),
    );
    expect(Object.values(found)).not.toContain("x");
    expect(found).toMatchObject(NEEDED);
  });

  test("the tokenizer finds where libraries are, and nothing else", () => {
    const found = tokenizerEnvironment({ ...SECRETS, ...NEEDED, ...PATHS, NODE_OPTIONS: "--inspect" });
    expect(Object.keys(found).sort()).toEqual(["GGML_NO_BACKTRACE", PATH, "UV_THREADPOOL_SIZE"].sort());
    expect(found[PATH]?.startsWith(FOLDER)).toBe(true);
  });
});
