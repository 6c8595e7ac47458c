import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import * as tls from "node:tls";
import { rootCertificates } from "node:tls";

import { describe, expect, it } from "vitest";

import { environmentFor } from "../../../src/server/reach/environment.js";
import { ensureJavaTrustStore, TRUST_STORE_PASSWORD } from "../../../src/server/reach/java-trust-store.js";
import { makeCertificate } from "../../../src/server/reach/make-certificate.js";
import { storedCertificates, writeTrustBundle } from "../../../src/server/reach/trust-bundle.js";
import { emptyFolder } from "../../support/folder.js";
import { identity } from "../support/tls.js";

/** The fingerprints of all certificates in a file. */
async function fingerprints(path: string): Promise<string[]> {
  const pems = (await readFile(path, "utf8")).match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/gu) ?? [];
  return pems.map((pem) => new X509Certificate(pem).fingerprint256);
}
const fingerprint = (pem: string) => new X509Certificate(pem).fingerprint256;

describe("the trust bundle", () => {
  it("has every certificate that is trusted anyway, and the new one, once", async () => {
    const path = await writeTrustBundle(await emptyFolder(), identity.cert, {});
    const all = await fingerprints(path);
    expect(new Set(all).size).toBe(all.length);
    for (const root of rootCertificates) expect(all).toContain(fingerprint(root));
    expect(all).toContain(fingerprint(identity.cert));
  });

  it.each(["AWS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])(
    "has the certificates that %s names, in a file of its own",
    async (name) => {
      const folder = await emptyFolder();
      const corporate = await makeCertificate(["proxy.example"]);
      const file = join(folder, "corporate.pem");
      await writeFile(file, `Our proxy\n${corporate.cert.replaceAll("\n", "\r\n")}`);
      const path = await writeTrustBundle(folder, identity.cert, { [name]: file });
      expect(await fingerprints(path)).toContain(fingerprint(corporate.cert));
      const plain = await writeTrustBundle(folder, identity.cert, { [name]: "/does/not/exist" });
      expect(await fingerprints(plain)).not.toContain(fingerprint(corporate.cert));
      // a shell with the variable set already gets the same file
      expect(await writeTrustBundle(folder, identity.cert, { [name]: path })).toBe(path);
    },
  );

  it("has the certificates in the system's store, once, however they are wrapped", async () => {
    const folder = await emptyFolder();
    const { cert } = await makeCertificate(["proxy.example"]);
    const stored = () => [cert, cert.trim(), ...rootCertificates.slice(0, 3)];
    const all = await fingerprints(await writeTrustBundle(folder, identity.cert, {}, stored));
    expect(all.filter((one) => one === fingerprint(cert))).toHaveLength(1);
    expect(new Set(all).size).toBe(all.length);
  });

  it("reads the system's store on Windows and macOS, where Node can", () => {
    expect(storedCertificates("linux")).toEqual([]);
    for (const platform of ["win32", "darwin"] as const) {
      const found = storedCertificates(platform);
      if ("getCACertificates" in tls)
        for (const pem of found) expect(fingerprint(pem)).toMatch(/^[0-9A-F:]{95}$/);
      else expect(found).toEqual([]);
    }
  });

  it("is written again only if it's broken", async () => {
    const folder = await emptyFolder();
    const path = await writeTrustBundle(folder, identity.cert, {});
    const { mtimeMs } = await stat(path);
    await writeTrustBundle(folder, identity.cert, {});
    expect((await stat(path)).mtimeMs).toBe(mtimeMs);
    await writeFile(path, "");
    expect(await writeTrustBundle(folder, identity.cert, {})).toBe(path);
    expect(await fingerprints(path)).toContain(fingerprint(identity.cert));
  });
});

describe("the Java trust store", () => {
  // Java starts three times, which takes seconds on a busy machine
  it("has Java's default certificates and the new one", { timeout: 60_000 }, async (context) => {
    const folder = await emptyFolder();
    const certificate = join(folder, "cert.pem");
    await writeFile(certificate, identity.cert);
    const store = await ensureJavaTrustStore(folder, certificate);
    if (store === undefined) return context.skip("there is no keytool, which comes with Java");
    expect(await ensureJavaTrustStore(folder, certificate)).toBe(store);
    const { stdout } = spawnSync(
      "keytool",
      ["-list", "-rfc", "-keystore", store, "-storepass", TRUST_STORE_PASSWORD],
      { encoding: "utf8", maxBuffer: 10_000_000 },
    );
    const path = join(folder, "listed.pem");
    await writeFile(path, stdout);
    const all = await fingerprints(path);
    expect(all).toContain(fingerprint(identity.cert));
    expect(all.length).toBeGreaterThan(10);
  });
});

describe("the environment for a server with a self-signed certificate", () => {
  const url = "https://127.0.0.1:2742";
  const trust = {
    certificate: "/home/cert.pem",
    bundle: "/home/all.pem",
    phpFolder: "/home/all-php",
    javaTrustStore: "/home/java store",
  };
  const java = '"-Djavax.net.ssl.trustStore=/home/java store" -Djavax.net.ssl.trustStorePassword=changeit';

  it("makes every SDK trust it", () => {
    expect(environmentFor({ url, auth: "none", trust }, {})).toMatchObject({
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
      AWS_CA_BUNDLE: "/home/all.pem",
      SSL_CERT_FILE: "/home/all.pem",
      NODE_EXTRA_CA_CERTS: "/home/cert.pem",
      REQUESTS_CA_BUNDLE: "/home/all.pem",
      CURL_CA_BUNDLE: "/home/all.pem",
      PHP_INI_SCAN_DIR: `${delimiter}/home/all-php`,
      JAVA_TOOL_OPTIONS: java,
    });
  });

  it("keeps what the environment trusted, and Java's other options", () => {
    const base = { NODE_EXTRA_CA_CERTS: "/etc/corporate.pem", JAVA_TOOL_OPTIONS: "-Xmx1g" };
    const env = environmentFor({ url, auth: "none", trust }, base);
    expect(env).toMatchObject({ NODE_EXTRA_CA_CERTS: "/home/all.pem", JAVA_TOOL_OPTIONS: `-Xmx1g ${java}` });
    expect(environmentFor({ url, auth: "none", trust }, env)["JAVA_TOOL_OPTIONS"]).toBe(`-Xmx1g ${java}`);
  });

  it("keeps PHP's other settings, once", () => {
    const env = environmentFor({ url, auth: "none", trust }, { PHP_INI_SCAN_DIR: "/etc/php" });
    expect(env["PHP_INI_SCAN_DIR"]).toBe(["/etc/php", "/home/all-php"].join(delimiter));
    expect(environmentFor({ url, auth: "none", trust }, env)["PHP_INI_SCAN_DIR"]).toBe(
      env["PHP_INI_SCAN_DIR"],
    );
  });

  it("has no options for Java without a trust store", () => {
    const env = environmentFor({ url, auth: "none", trust: { ...trust, javaTrustStore: undefined } }, {});
    expect(env).not.toHaveProperty("JAVA_TOOL_OPTIONS");
  });
});
