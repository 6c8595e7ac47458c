import { createPrivateKey } from "node:crypto";

import { describe, expect, it } from "vitest";

import { makeCertificate } from "../../../src/server/reach/make-certificate.js";
import { startServer } from "../support/start.js";
import { identity } from "../support/tls.js";

const HELLO = { tokens: ["Hello"] };
const DAY_MS = 24 * 60 * 60 * 1000;

const other = await makeCertificate(["localhost", "127.0.0.1"]);
const encrypted = createPrivateKey(identity.key)
  .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" })
  .toString();

describe("the caller's certificate", () => {
  it.each([
    [
      "the key of another certificate",
      { ...identity, key: other.key },
      "the key doesn't belong to the certificate",
    ],
    [
      "a chain in the wrong order",
      { ...identity, cert: other.cert + identity.cert },
      "the server's certificate must come first",
    ],
    ["an encrypted key", { ...identity, key: encrypted }, "openssl pkey"],
    ["no key", { ...identity, key: identity.cert }, "there is no private key in PEM"],
    ["no certificate", { ...identity, cert: identity.key }, "there is no certificate in PEM"],
  ])("is refused: %s", async (_, tls, why) => {
    await expect(startServer(HELLO, { tls })).rejects.toMatchObject({
      name: "CertificateError",
      message: expect.stringContaining(why) as string,
    });
  });

  it.each([
    ["is expired", ["127.0.0.1"], -400, "The certificate expired"],
    ["isn't valid yet", ["127.0.0.1"], 2, "The certificate isn't valid before"],
    ["is for another host", ["localhost"], 0, "The certificate doesn't name 127.0.0.1"],
  ])("is served with a warning if it %s", async (_, names, days, warning) => {
    const tls = await makeCertificate(names, Date.now() + days * DAY_MS);
    const { server, lines } = await startServer(HELLO, { tls });
    expect(lines).toEqual([
      expect.objectContaining({ level: 40, msg: expect.stringContaining(warning) as string }),
    ]);
    expect(server.url).toMatch(/^https:/u);
  });

  it("is served without a warning if nothing is wrong, and programs aren't made to trust it", async () => {
    const { server, lines } = await startServer(HELLO, { tls: identity });
    expect(lines).toEqual([]);
    expect(server.certificateFile).toBeUndefined();
    expect(server.env({})).not.toHaveProperty("AWS_CA_BUNDLE");
  });
});
