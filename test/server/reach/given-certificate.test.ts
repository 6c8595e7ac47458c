import { createPrivateKey } from "node:crypto";

import { describe, expect, it } from "vitest";

import { makeCertificate } from "../../../src/server/reach/make-certificate.js";
import { startServer } from "../support/start.js";
import { identity } from "../support/tls.js";

const HELLO = { tokens: ["Hello"] };
const DAY_MS = 24 * 60 * 60 * 1000;

const other = await makeCertificate(["localhost", "127.0.0.1"]);
const locked = createPrivateKey(identity.key)
  .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" })
  .toString();

describe("a certificate that was given", () => {
  it.each([
    ["a key that is another's", { ...identity, key: other.key }, "the key isn't the certificate's"],
    [
      "a chain in the wrong order",
      { ...identity, cert: other.cert + identity.cert },
      "the server's own comes first",
    ],
    ["a locked key", { ...identity, key: locked }, "openssl pkey"],
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
  ])("is served with a warning where it %s", async (_, names, days, warning) => {
    const tls = await makeCertificate(names, Date.now() + days * DAY_MS);
    const { server, lines } = await startServer(HELLO, { tls });
    expect(lines).toEqual([
      expect.objectContaining({ level: 40, msg: expect.stringContaining(warning) as string }),
    ]);
    expect(server.url).toMatch(/^https:/u);
  });

  it("is served without one where nothing is wrong, and its trust is left to its owner", async () => {
    const { server, lines } = await startServer(HELLO, { tls: identity });
    expect(lines).toEqual([]);
    expect(server.certificateFile).toBeUndefined();
    expect(server.env({})).not.toHaveProperty("AWS_CA_BUNDLE");
  });
});
