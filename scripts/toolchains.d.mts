export type Toolchain =
  | "python"
  | "maven"
  | "java"
  | "go"
  | "rust"
  | "dotnet"
  | "llama4"
  | "browser"
  | "llamaServer"
  | "node22"
  | "engine";

/** Why a toolchain can't be used, in its own words; null if it can be used. */
export type Noted = Partial<Record<Toolchain, string | null>>;

export function toolchainsFile(root: string): string;

export function setUpToolchains(
  root: string,
  names: readonly Toolchain[],
  env: NodeJS.ProcessEnv,
): Promise<Noted>;

export function readToolchains(root: string): Noted;
