import { expect, test } from "vitest";

import { certificatesProblem, pemCertificates } from "../../src/platform/index.js";
import { makeCertificate } from "../../src/server/reach/make-certificate.js";

const { cert, key } = await makeCertificate(["localhost"], Date.now());

test("one certificate, several, with comments and other line ends between them, can say whom to trust", () => {
  for (const text of [
    cert,
    `${cert}${cert}`,
    `# our own\n${cert}\n\n# the old one\n${cert}`,
    cert.replaceAll("\n", "\r\n"),
    cert.replaceAll("CERTIFICATE", "X509 CERTIFICATE"),
  ])
    expect(certificatesProblem(text)).toBeUndefined();
  expect(pemCertificates(`${cert}# and\n${cert}`)).toHaveLength(2);
});

test.each([
  ["an empty file", "", /^has no certificate in PEM/u],
  ["a page of a proxy", "<html>Sign in</html>", /^has no certificate in PEM/u],
  ["a private key", key, /^has no certificate in PEM/u],
  ["half of a certificate", cert.slice(0, 300), /^has no certificate in PEM/u],
  [
    "a certificate without its middle",
    cert
      .split("\n")
      .filter((_, i) => i !== 2)
      .join("\n"),
    /^has a certificate that can't be read$/u,
  ],
  [
    "a second one that is nonsense",
    `${cert}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
    /number 2 can't be read$/u,
  ],
])("%s can't", (_what, text, problem) => {
  expect(certificatesProblem(text)).toMatch(problem);
});
