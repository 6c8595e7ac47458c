/** The certificate or the key that a server was given can't be used. Nothing of the key is repeated. */
export class CertificateError extends Error {
  override readonly name = "CertificateError";
  /** @param problem - what is wrong and what to do; without a full stop */
  constructor(
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`TLS can't be served: ${problem}.`, options);
  }
}
