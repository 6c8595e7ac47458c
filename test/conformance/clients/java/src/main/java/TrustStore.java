import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;

/**
 * Java takes no PEM file from the environment. To trust a certificate, users make a trust store of it and name the store
 * in the JVM options of their program. By hand:
 *
 * <pre>
 * keytool -importcert -noprompt -alias cria -file ca.pem -keystore ca.p12 -storetype PKCS12 -storepass changeit
 * export JAVA_TOOL_OPTIONS="-Djavax.net.ssl.trustStore=ca.p12 -Djavax.net.ssl.trustStorePassword=changeit"
 * </pre>
 *
 * This class does the same in the program, before the first client is made, which saves the start of a second JVM.
 */
final class TrustStore {
  private static final String PASSWORD = "changeit";

  private TrustStore() {}

  /** @param file a PEM file, or null to use the options with which Java was started */
  static void trust(String file) throws Exception {
    if (file == null) return;
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (var pem = Files.newInputStream(Path.of(file))) {
      store.setCertificateEntry("cria", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    var path = Files.createTempFile("trust-store", ".p12");
    path.toFile().deleteOnExit();
    try (var out = Files.newOutputStream(path)) {
      store.store(out, PASSWORD.toCharArray());
    }
    System.setProperty("javax.net.ssl.trustStore", path.toString());
    System.setProperty("javax.net.ssl.trustStorePassword", PASSWORD);
  }
}
