/** What an access key proves itself with. */
export interface AccessKey {
  readonly secretAccessKey: string;
  /** What every request must carry beside the signature; undefined for a key that is none of a session. */
  readonly sessionToken: string | undefined;
  /** Until when it holds, in ms since 1970; undefined for ever. */
  readonly expiresAt: number | undefined;
}

/** An API key, as far as it is kept: it can be recognized, not read. */
export interface ApiKey {
  /** 32 bytes. */
  readonly sha256: Uint8Array;
  /** Until when it holds, in ms since 1970; undefined for ever. */
  readonly expiresAt: number | undefined;
}

/** The keys of all who may call. */
export interface KeySet {
  /** By access key id. */
  readonly accessKeys: ReadonlyMap<string, AccessKey>;
  readonly apiKeys: readonly ApiKey[];
}

/** Where the keys come from. */
export interface KeySource {
  /**
   * Those that there are now: keys come and go while a server runs.
   *
   * @throws {KeyFileError} they can't be read.
   */
  current(): Promise<KeySet>;
}
