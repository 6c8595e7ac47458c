/** The TLS certificate or its private key can't be used. The message never contains the key. */
export class CertificateError extends Error {
  override readonly name = "CertificateError";
  /** @param problem - what is wrong and how to fix it; without a full stop */
  constructor(
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`Cria can't serve TLS: ${problem}.`, options);
  }
}

/** The client closed the connection, or reset the stream, before it had its whole response. */
export class ClientGoneError extends Error {
  override readonly name = "ClientGoneError";
  constructor() {
    super("The client disconnected before the response was complete.");
  }
}

/** Cuts the connection: an injected `cut` fault. */
export class FaultCutError extends Error {
  override readonly name = "FaultCutError";
  constructor() {
    super("An injected fault cut the connection.");
  }
}

/** The text of a fault isn't valid; {@link parseFault} describes the format. */
export class InvalidFaultError extends Error {
  override readonly name = "InvalidFaultError";
  /** @param text - as it was written @param expected - what is allowed there */
  constructor(
    readonly text: string,
    expected: string,
  ) {
    super(`"${text}" is not a valid fault: ${expected}.`);
  }
}

/** The name of a host that requests may name isn't one. */
export class InvalidHostError extends Error {
  override readonly name = "InvalidHostError";
  /** @param host - as given */
  constructor(readonly host: string) {
    super(
      `"${host}" isn't the name of a host. Write the name alone, without a scheme or a port, as in cria.example.com or *.example.com.`,
    );
  }
}

/** An origin whose pages are to be allowed can't be used. */
export class InvalidOriginError extends Error {
  override readonly name = "InvalidOriginError";
  /** @param origin - as given @param problem - what is wrong and how to fix it; without a full stop */
  constructor(
    readonly origin: string,
    readonly problem: string,
  ) {
    super(`The origin "${origin}" can't be allowed: ${problem}.`);
  }
}

/** An ARN can't be mapped to a model. */
export class InvalidModelMapError extends Error {
  override readonly name = "InvalidModelMapError";
  /** @param arn - as given @param problem - what is wrong and how to fix it; without a full stop */
  constructor(
    readonly arn: string,
    readonly problem: string,
  ) {
    super(`${arn} can't be mapped to a model: ${problem}.`);
  }
}

/** An environment variable of a key is missing or has an invalid value. */
export class KeyEnvironmentError extends Error {
  override readonly name = "KeyEnvironmentError";
  /** @param variable - the missing or invalid one @param problem - what is wrong; without a full stop */
  constructor(
    readonly variable: string,
    problem: string,
  ) {
    super(`${variable} ${problem}.`);
  }
}

/** The key file can't be used. The message never contains its content: the file holds secrets. */
export class KeyFileError extends Error {
  override readonly name = "KeyFileError";
  /**
   * @param file - its path
   * @param problem - what is wrong, where, and how to fix it; without a full stop
   */
  constructor(
    readonly file: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`Cria can't use the keys in ${file}: ${problem}.`, options);
  }
}

/**
 * There are no AWS credentials for Amazon Bedrock. Ends inside: a caller is told the message, and whoever runs the server the rest. None of it
 * holds a secret.
 */
export class NoAmazonCredentialsError extends Error {
  override readonly name = "NoAmazonCredentialsError";
  /** @param advice - what to do @param reason - why there are none; "" if that isn't known */
  constructor(
    readonly advice: string,
    readonly reason: string,
  ) {
    super("Cria has no AWS credentials for Amazon Bedrock.");
  }
}

/** The server requires a key from its callers, and none exists. */
export class NoKeysError extends Error {
  override readonly name = "NoKeysError";
  /** @param file - the key file; keys in the environment count too */
  constructor(readonly file: string) {
    super(
      `Callers need a key, but there is none in ${file} or in the environment. ` +
        "Run `cria keys create`, or set CRIA_ACCESS_KEY_ID and CRIA_SECRET_ACCESS_KEY, or CRIA_API_KEY. " +
        'To accept callers without a key, use `--auth none` (`auth: "none"`).',
    );
  }
}

/** The program runs in Bun, whose HTTP server can't do what Cria's needs. */
export class UnsupportedRuntimeError extends Error {
  override readonly name = "UnsupportedRuntimeError";
  /** @param runtime - name and version, such as `Bun 1.4.5` */
  constructor(readonly runtime: string) {
    super(
      `${runtime} can't run Cria's server: its HTTP server takes no HTTP/2 on the port of HTTP/1.1, and AWS SDKs use both. ` +
        "Run `npx cria serve`, which uses Node, and call that from Bun: the AWS SDK and " +
        '`streamLlama({ on: "http://127.0.0.1:…" })` work there. Or run this program with Node or Deno.',
    );
  }
}

/** A server can't listen where it was told to, for another reason than that the port is in use. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  /**
   * @param host - the address or name
   * @param port - the port
   * @param problem - what is wrong and how to fix it; without a full stop
   */
  constructor(
    readonly host: string,
    readonly port: number,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`Cria can't listen on host "${host}", port ${port}: ${problem}.`, options);
  }
}

/** Traces are asked for, and packages that they need aren't installed. */
export class MissingPackagesError extends Error {
  override readonly name = "MissingPackagesError";
  /** @param packages - their names */
  constructor(
    readonly packages: readonly string[],
    options?: ErrorOptions,
  ) {
    super(
      `Traces need packages that don't come with Cria. Install them beside it: npm install ${packages.join(" ")}`,
      options,
    );
  }
}

/** Another process listens on the port. */
export class PortInUseError extends Error {
  override readonly name = "PortInUseError";
  /**
   * @param host - the address
   * @param port - the port in use
   */
  constructor(
    readonly host: string,
    readonly port: number,
    options?: ErrorOptions,
  ) {
    super(
      `Port ${port} on ${host} is in use, perhaps by another Cria. Choose another port, or 0 for a free one.`,
      options,
    );
  }
}

/** The client stayed connected but stopped reading. */
export class ReaderStalledError extends Error {
  override readonly name = "ReaderStalledError";
  /** @param stallMs - how long the client read nothing */
  constructor(readonly stallMs: number) {
    super(`The client read nothing for ${stallMs / 1000} s.`);
  }
}

/** The client didn't send its whole request in time. */
export class RequestTimeoutError extends Error {
  override readonly name = "RequestTimeoutError";
  /** @param requestMs - the time allowed */
  constructor(readonly requestMs: number) {
    super(`The request wasn't complete after ${requestMs / 1000} s.`);
  }
}

/** The server is closing, and the request didn't end within the grace period. */
export class ServerClosingError extends Error {
  override readonly name = "ServerClosingError";
  constructor() {
    super("Cria is shutting down.");
  }
}

/** A client of HTTP/2 resets its requests faster than any honest one. Ends inside: the client gets a GOAWAY frame, ENHANCE_YOUR_CALM. */
export class TooManyResetsError extends Error {
  override readonly name = "TooManyResetsError";
  constructor() {
    super("The client reset too many requests before they were answered.");
  }
}

/** The key file has no key with this id. */
export class UnknownKeyError extends Error {
  override readonly name = "UnknownKeyError";
  /** @param file - the key file */
  constructor(
    readonly accessKeyId: string,
    readonly file: string,
  ) {
    super(`There is no key ${accessKeyId} in ${file}. Run \`cria keys list\` to see the keys there.`);
  }
}

/** An upstream is described in a way that can't work. */
export class InvalidUpstreamError extends TypeError {
  override readonly name = "InvalidUpstreamError";
  /** @param modelId - the model that it is for @param problem - what is wrong and what to write; without a full stop */
  constructor(
    readonly modelId: string,
    readonly problem: string,
  ) {
    super(`The upstream of ${modelId} can't be used: ${problem}.`);
  }
}

/** Another server ended its answer before it was complete. Ends inside: the caller's connection is cut too. */
export class UpstreamCutError extends Error {
  override readonly name = "UpstreamCutError";
  /** @param upstream - what the log calls it */
  constructor(upstream: string, options?: ErrorOptions) {
    super(`${upstream} ended the answer before it was complete.`, options);
  }
}

/** A model id given to the server isn't the id of a Llama model on Bedrock. */
export class UnknownModelIdError extends Error {
  override readonly name = "UnknownModelIdError";
  /**
   * @param modelId - as given
   * @param known - the valid ids
   */
  constructor(
    readonly modelId: string,
    readonly known: readonly string[],
  ) {
    super(`${modelId} is not the id of a Llama model on Bedrock. Use one of: ${known.join(", ")}`);
  }
}
