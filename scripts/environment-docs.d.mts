import type { Surrounding } from "../src/server/reach/surroundings.js";

export function renderEnvironment(
  text: string,
  rows: { readonly variables: readonly Surrounding[]; readonly fileKeys: readonly Surrounding[] },
): string;
