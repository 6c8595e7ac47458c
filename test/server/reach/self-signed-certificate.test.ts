import { X509Certificate } from "node:crypto";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { certificateNames, makeCertificate } from "../../../src/server/reach/make-certificate.js";
import { selfSignedCertificate } from "../../../src/server/reach/self-signed-certificate.js";
import { emptyFolder } from "../../support/folder.js";

const DAY_MS = 24 * 60 * 60 * 1000;
const LOCAL = ["localhost", "127.0.0.1", "::1"];

// without Java, which takes longer to start than all these tests
beforeAll(() => void vi.stubEnv("PATH", ""));
afterAll(() => void vi.unstubAllEnvs());

/** Writes a certificate where Cria keeps it. */
async function keep(home: string, cert: string, key: string): Promise<void> {
  const directory = join(home, "tls/localhost");
  await mkdir(directory, { recursive: true });
  await Promise.all([
    writeFile(join(directory, "cert.pem"), cert),
    writeFile(join(directory, "key.pem"), key),
  ]);
}

describe("the self-signed certificate", () => {
  it("is made once, for the loopback names, for about a year, and can't sign others", async () => {
    const home = await emptyFolder();
    const first = await selfSignedCertificate(home, "127.0.0.1");
    const certificate = new X509Certificate(first.identity.cert);
    expect(certificate.subjectAltName).toBe(
      "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
    );
    expect(certificate.ca).toBe(false);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    const days = (new Date(certificate.validTo).getTime() - Date.now()) / DAY_MS;
    expect(days).toBeGreaterThan(364);
    expect(days).toBeLessThan(366);
    expect(await readFile(first.trust?.certificate ?? "", "utf8")).toBe(first.identity.cert);

    for (const host of ["127.0.0.1", "localhost", "::1"]) {
      expect((await selfSignedCertificate(home, host)).identity).toEqual(first.identity);
    }
  });

  it("has a key that only its user can read", async (context) => {
    if (process.platform === "win32") context.skip("Windows has no such modes");
    const home = await emptyFolder();
    await selfSignedCertificate(home, "localhost");
    expect((await stat(join(home, "tls/localhost/key.pem"))).mode & 0o777).toBe(0o600);
  });

  it("is made once for two callers at the same time, with no files left over", async () => {
    const home = await emptyFolder();
    const [one, two] = await Promise.all([
      selfSignedCertificate(home, "::1"),
      selfSignedCertificate(home, "::1"),
    ]);
    expect(one.identity).toEqual(two.identity);
    expect(await readdir(join(home, "tls"))).toEqual(["localhost"]);
    const kept = await readdir(join(home, "tls/localhost"));
    expect(one.trust?.javaTrustStore).toBeUndefined();
    expect(kept.sort()).toEqual([
      "cert.pem",
      "key.pem",
      // PHP's own file of settings, with the name of the bundle
      expect.stringMatching(/^trusted-[\da-f]{12}-php$/u),
      expect.stringMatching(/^trusted-[\da-f]{12}\.pem$/u),
    ]);
  });

  it.each([
    ["is kept until a month before it expires", 330, true],
    ["is replaced after that", 336, false],
  ])("%s", async (_, age, same) => {
    const home = await emptyFolder();
    const old = await makeCertificate(LOCAL, Date.now() - age * DAY_MS);
    await keep(home, old.cert, old.key);
    const { identity, trust } = await selfSignedCertificate(home, "127.0.0.1");
    expect(identity.cert === old.cert).toBe(same);
    expect(await readFile(trust?.certificate ?? "", "utf8")).toBe(identity.cert);
  });

  it.each([
    ["its key belongs to another certificate", async () => (await makeCertificate(LOCAL)).key, LOCAL],
    ["its key is broken", () => "-----BEGIN PRIVATE KEY-----\n", LOCAL],
    ["it lacks a name", undefined, ["localhost"]],
  ])("is replaced if %s", async (_, otherKey, names) => {
    const home = await emptyFolder();
    const old = await makeCertificate(names);
    await keep(home, old.cert, otherKey === undefined ? old.key : await otherKey());
    const { identity } = await selfSignedCertificate(home, "127.0.0.1");
    expect(identity.cert).not.toBe(old.cert);
  });

  it("names the host that the server listens on, in a folder of its own", async () => {
    const home = await emptyFolder();
    const local = await selfSignedCertificate(home, "localhost");
    const { identity, trust } = await selfSignedCertificate(home, "192.0.2.7");
    expect(new X509Certificate(identity.cert).checkIP("192.0.2.7")).toBe("192.0.2.7");
    expect(dirname(trust?.certificate ?? "")).toBe(join(home, "tls/192.0.2.7"));
    expect((await selfSignedCertificate(home, "localhost")).identity).toEqual(local.identity);
  });

  it("is refused if it can't be written", async () => {
    const home = join(await emptyFolder(), "file");
    await writeFile(home, "");
    await expect(selfSignedCertificate(home, "localhost")).rejects.toMatchObject({
      name: "HomeNotWritableError",
    });
  });
});

describe("the certificate's names", () => {
  it.each([
    ["127.0.0.1", "localhost", LOCAL],
    ["LOCALHOST", "localhost", LOCAL],
    ["cria.internal", "cria.internal", [...LOCAL, "cria.internal"]],
    ["fe80::1%eth0", "fe80__1", [...LOCAL, "fe80::1"]],
    ["llama.höhle", "localhost", LOCAL],
  ])("for %s", (host, folder, names) => {
    expect(certificateNames(host)).toEqual({ folder, names });
  });

  it.each(["0.0.0.0", "::"])("for %s include this machine's host name", (host) => {
    expect(certificateNames(host).names).toContain(hostname().toLowerCase());
  });
});
