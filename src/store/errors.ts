import { formatBytes } from "../platform/index.js";

/** The disk has too little room for a download. What was downloaded so far is kept, and the next run continues from there. */
export class DiskFullError extends Error {
  override readonly name = "DiskFullError";
  /**
   * @param directory - the folder to be written to
   * @param neededBytes - how much must be free there
   * @param freeBytes - how much was free
   */
  constructor(
    readonly directory: string,
    readonly neededBytes: number,
    readonly freeBytes: number,
    options?: ErrorOptions,
  ) {
    super(
      `The disk is full: ${directory} needs ${formatBytes(neededBytes)} of free space and has ${formatBytes(freeBytes)}. ` +
        "Free some space there, or set CRIA_HOME to a folder on another disk.",
      options,
    );
  }
}

/** What the system's error codes mean for whoever wants to write to a folder. */
const WHY_NOT_WRITABLE: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "its file system is read-only",
  ENOTDIR: "there is a file where a folder should be",
  EEXIST: "something else has that name",
  ENOENT: "nothing can be created there",
  EISDIR: "there is a folder where a file should be",
  ELOOP: "links lead in a circle there",
  ENAMETOOLONG: "its path is too long",
};

/** Cria needs to write to its folder, and cannot. */
export class HomeNotWritableError extends Error {
  override readonly name = "HomeNotWritableError";
  /**
   * @param directory - the folder that cannot be written to
   * @param code - the system's error code, such as `EACCES` or `EROFS`
   */
  constructor(
    readonly directory: string,
    readonly code: string,
    options?: ErrorOptions,
  ) {
    const why = WHY_NOT_WRITABLE[code];
    super(
      `Can't write to ${directory}${why === undefined ? ` (${code})` : `: ${why} (${code})`}. ` +
        "Set CRIA_HOME to a folder that you can write to.",
      options,
    );
  }
}

/** Windows doesn't replace or delete a file that a program has open. */
export class FileInUseError extends Error {
  override readonly name = "FileInUseError";
  /**
   * @param path - the file or folder
   * @param code - the system's error code, such as `EPERM` or `EBUSY`
   */
  constructor(
    readonly path: string,
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(
      `Can't replace or delete ${path} (${code}): a program has it open, or you may not write there. ` +
        "Stop what may be using it, such as a running `cria serve`, and try again.",
      options,
    );
  }
}

/** Another process took the lock over because this one seemed dead: it was suspended for too long, or the lock was deleted. */
export class LockLostError extends Error {
  override readonly name = "LockLostError";
  /** @param lock - the lock's folder */
  constructor(readonly lock: string) {
    super(
      `Another process took over the lock ${lock}, because this process was suspended or the lock was deleted. Try again.`,
    );
  }
}

/** The file with a home's settings can't be used. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  /**
   * @param file - its path
   * @param problem - what is wrong with it, as a verb phrase
   */
  constructor(
    readonly file: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file} ${problem}. Mend it or delete it: \`cria setup\` writes a new one.`, options);
  }
}
