import { devNull } from "node:os";

import { describe, expect, it } from "vitest";

import { createScriptedEngine } from "../../../src/engine/index.js";
import { serve } from "../../../src/server/index.js";
import { environmentFor } from "../../../src/server/reach/environment.js";

const engine = createScriptedEngine({ script: { tokens: [] } });

describe("the environment for a program", () => {
  it("has the endpoint for every SDK, and no real credentials", async () => {
    await using server = await serve({ engine });
    const env = server.env({
      PATH: "/bin",
      EMPTY: "",
      AWS_PROFILE: "work",
      AWS_SESSION_TOKEN: "real",
      AWS_BEARER_TOKEN_BEDROCK: "real",
      AWS_WEB_IDENTITY_TOKEN_FILE: "/var/run/secrets/token",
      AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/real",
      AWS_CREDENTIAL_EXPIRATION: "2024-01-01T00:00:00Z",
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true",
      AWS_SECRET_ACCESS_KEY: "real",
      no_proxy: "intranet, localhost",
    });
    expect(env).toEqual({
      PATH: "/bin",
      EMPTY: "",
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: server.url,
      AWS_ENDPOINT_URL_BEDROCK: server.url,
      AWS_BEDROCK_RUNTIME_ENDPOINT: server.url,
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "cria",
      AWS_SECRET_ACCESS_KEY: "cria",
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      NO_PROXY: "intranet,localhost,127.0.0.1",
      no_proxy: "intranet,localhost,127.0.0.1",
    });
  });

  it.each([
    [{ AWS_REGION: "eu-west-1" }, "eu-west-1", "eu-west-1"],
    [{ AWS_DEFAULT_REGION: "eu-west-1" }, "eu-west-1", "eu-west-1"],
    [{ AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "us-west-2" }, "eu-west-1", "us-west-2"],
    [{ AWS_REGION: "" }, "us-east-1", "us-east-1"],
  ])("keeps the region of %j", async (base, region, defaultRegion) => {
    await using server = await serve({ engine });
    expect(server.env(base)).toMatchObject({ AWS_REGION: region, AWS_DEFAULT_REGION: defaultRegion });
  });

  it("keeps credentials if callers need a key, and uses the key of the CRIA_ variables", () => {
    const credentials = {
      AWS_ACCESS_KEY_ID: "mine",
      AWS_SESSION_TOKEN: "mine",
      AWS_WEB_IDENTITY_TOKEN_FILE: "/token",
      AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/mine",
      AWS_CREDENTIAL_EXPIRATION: "2099-01-01T00:00:00Z",
    };
    const base = { ...credentials, AWS_PROFILE: "work" };
    const location = { url: "http://127.0.0.1:1", auth: "keys", trust: undefined } as const;
    expect(environmentFor(location, base)).toMatchObject(credentials);
    expect(environmentFor(location, base)).not.toHaveProperty("AWS_PROFILE");
    const keys = { CRIA_ACCESS_KEY_ID: "id", CRIA_SECRET_ACCESS_KEY: "secret", CRIA_API_KEY: "" };
    const env = environmentFor(location, keys);
    expect(env).toMatchObject({ AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" });
    expect(env).not.toHaveProperty("AWS_BEARER_TOKEN_BEDROCK");
  });

  it("starts from this process's environment by default", async () => {
    await using server = await serve({ engine });
    expect(server.env()["PATH"]).toBe(process.env["PATH"]);
  });
});
