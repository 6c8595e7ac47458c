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

/** The client closed the connection, or reset the stream, before it had its whole response. */
export class ClientGoneError extends Error {
  override readonly name = "ClientGoneError";
  constructor() {
    super("The client went away before its response was complete.");
  }
}

/** The connection is to be cut: a fault that was asked for. */
export class FaultCutError extends Error {
  override readonly name = "FaultCutError";
  constructor() {
    super("The connection was cut: a fault that was asked for.");
  }
}

/** A fault was asked for in words that aren't those of {@link parseFault}. */
export class InvalidFaultError extends Error {
  override readonly name = "InvalidFaultError";
  /** @param text - as it was written @param expected - what would do */
  constructor(
    readonly text: string,
    expected: string,
  ) {
    super(`The fault "${text}" can't be read: ${expected}.`);
  }
}

/** The environment names a key in part. */
export class KeyEnvironmentError extends Error {
  override readonly name = "KeyEnvironmentError";
  /** @param variable - the one that says something wrong, or nothing */
  constructor(
    readonly variable: string,
    problem: string,
  ) {
    super(`${variable} ${problem}.`);
  }
}

/** The file that holds the keys can't be used. Nothing of what is in it is repeated: it holds secrets. */
export class KeyFileError extends Error {
  override readonly name = "KeyFileError";
  /**
   * @param file - its path
   * @param problem - what is wrong, where, and what to do; without a full stop
   */
  constructor(
    readonly file: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`The keys in ${file} can't be used: ${problem}.`, options);
  }
}

/** Only those with a key may call, and there is none. */
export class NoKeysError extends Error {
  override readonly name = "NoKeysError";
  /** @param file - where keys were looked for, beside the environment */
  constructor(readonly file: string) {
    super(
      `There are no keys, so nobody could call: ${file} has none, and neither has the environment. ` +
        "Make one with `cria keys create`, or set CRIA_ACCESS_KEY_ID and CRIA_SECRET_ACCESS_KEY, or CRIA_API_KEY; " +
        'or let anyone call: `--auth none` (`auth: "none"`).',
    );
  }
}

/** Something else listens on the port already. */
export class PortInUseError extends Error {
  override readonly name = "PortInUseError";
  /**
   * @param host - the address
   * @param port - the port that is taken
   */
  constructor(
    readonly host: string,
    readonly port: number,
    options?: ErrorOptions,
  ) {
    super(
      `Port ${port} on ${host} is in use, perhaps by another Cria. Choose another one, or 0 for any free one.`,
      options,
    );
  }
}

/** The client stayed connected but stopped reading. */
export class ReaderStalledError extends Error {
  override readonly name = "ReaderStalledError";
  /** @param stallMs - for how long it had read nothing */
  constructor(readonly stallMs: number) {
    super(`The client read nothing for ${stallMs / 1000} s.`);
  }
}

/** The client started a request and didn't finish it in time. */
export class RequestTimeoutError extends Error {
  override readonly name = "RequestTimeoutError";
  /** @param requestMs - how long it had */
  constructor(readonly requestMs: number) {
    super(`The request wasn't complete after ${requestMs / 1000} s.`);
  }
}

/** The server is being closed and the request didn't end in the time left to it. */
export class ServerClosingError extends Error {
  override readonly name = "ServerClosingError";
  constructor() {
    super("Cria is shutting down.");
  }
}

/** There is no key of that id. */
export class UnknownKeyError extends Error {
  override readonly name = "UnknownKeyError";
  /** @param file - where it was looked for */
  constructor(
    readonly accessKeyId: string,
    readonly file: string,
  ) {
    super(`There is no key ${accessKeyId} in ${file}. \`cria keys list\` shows those that there are.`);
  }
}

/** A model file was said to be a model that Bedrock doesn't have. */
export class UnknownModelIdError extends Error {
  override readonly name = "UnknownModelIdError";
  /**
   * @param modelId - what was said
   * @param known - ids to choose from
   */
  constructor(
    readonly modelId: string,
    readonly known: readonly string[],
  ) {
    super(`${modelId} is not the id of a Llama model on Bedrock. There are: ${known.join(", ")}`);
  }
}
