import { checkMeaning } from "./check-meaning.js";
import { checkSchema } from "./check-schema.js";
import { type ConfigProblem, inOrder } from "./errors.js";
import { MAX_CONFIG_BYTES, type ParsedYaml, parseYaml } from "./parse-yaml.js";
import type { ConfigSettings } from "./settings.js";

/** A configuration that was read. */
export interface ReadConfig {
  /** Undefined if there are problems. */
  readonly settings: ConfigSettings | undefined;
  /** All of them, in the order of the file. */
  readonly problems: readonly ConfigProblem[];
  /** Where a setting stands; {@link ParsedYaml.place} says how. */
  readonly place: ParsedYaml["place"];
}

/**
 * Reads a configuration: YAML, so JSON too.
 *
 * @param bytes - the content of the file: UTF-8, with or without a byte order mark
 */
export function readConfig(bytes: Uint8Array): ReadConfig {
  const decoded = decode(bytes);
  if (typeof decoded !== "string") {
    return { settings: undefined, problems: [decoded], place: () => ({ line: 1, column: 1 }) };
  }
  const yaml = parseYaml(decoded);
  const problems: ConfigProblem[] = [...yaml.problems];
  // a file that holds nothing, or comments alone, leaves every default
  const value = yaml.value ?? {};
  for (const { pointer, part, message } of [...checkSchema(value), ...checkMeaning(value)])
    problems.push({ ...yaml.place(pointer, part), message });
  return {
    settings: problems.length === 0 ? value : undefined,
    problems: inOrder(problems),
    place: yaml.place,
  };
}

/** The text of a file, or why it isn't one. */
function decode(bytes: Uint8Array): string | ConfigProblem {
  if (bytes.length > MAX_CONFIG_BYTES) {
    return { message: `The file is longer than ${MAX_CONFIG_BYTES} bytes. Is it the right one?` };
  }
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return { message: "The file is UTF-16: save it as UTF-8." };
  }
  // it leaves out a byte order mark
  const text = new TextDecoder().decode(bytes);
  const bad = text.indexOf("\ufffd");
  if (bad < 0) return text;
  const before = text.slice(0, bad).split("\n");
  return {
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    message: "There is a character that isn't UTF-8: save the file as UTF-8.",
  };
}
