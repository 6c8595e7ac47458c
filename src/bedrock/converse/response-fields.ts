import { invalidResponsePath } from "./exceptions.js";

/** A JSON pointer (RFC 6901) that isn't empty. */
const POINTER = /^(?:\/(?:[^~/]|~[01])*)+$/u;

/**
 * Refuses `additionalModelResponseFieldPaths` that aren't JSON pointers.
 *
 * @throws {BedrockException} `ValidationException`
 */
export function checkResponsePaths(paths: readonly string[]): void {
  const wrong = paths.find((path) => !POINTER.test(path));
  if (wrong !== undefined) throw invalidResponsePath(wrong);
}

/**
 * What the paths name in the model's native response; a path that names nothing is passed over (API model). A Llama
 * response has no nested values, so a path of more than one step names nothing.
 *
 * @returns undefined where nothing was named
 */
export function responseFields(
  paths: readonly string[],
  native: Readonly<Record<string, unknown>>,
): object | undefined {
  const keys = paths.map((path) => path.slice(1).replaceAll("~1", "/").replaceAll("~0", "~"));
  const found = keys.filter((key) => Object.hasOwn(native, key));
  return found.length === 0 ? undefined : Object.fromEntries(found.map((key) => [key, native[key]]));
}
