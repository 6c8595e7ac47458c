import { configSchema } from "../../config/index.js";
import { settingNamed } from "./place-error.js";

/** What an error says, in the words of the configuration file: with its settings in place of the command line's options. */
export function inFileWords(error: Error): string {
  if (error.name === "UpstreamModelError") return upstreamModelWords(error as Error & UpstreamModel);
  return error.message
    .replaceAll(/ \(`auth: "none"`\)/gu, "")
    .replaceAll(/`--([a-z-]+) ([^`]+)`/gu, (all, option: string, value: string) =>
      isSetting(option) ? `\`${settingNamed(option)}: ${value}\`` : all,
    )
    .replaceAll(
      /(?<![-\w`])--([a-z]+(?:-[a-z]+)*)(?: (f16|q8_0)\b)?/gu,
      (all, option: string, value?: string) => {
        if (!isSetting(option)) return all;
        return `\`${settingNamed(option)}${value === undefined ? "" : `: ${value}`}\``;
      },
    );
}

function isSetting(option: string): boolean {
  return Object.hasOwn(configSchema.properties ?? {}, settingNamed(option));
}

interface UpstreamModel {
  readonly host: string;
  readonly models: readonly string[];
  readonly wanted: string | undefined;
}

/** What the command line writes behind a URL is a setting here. */
function upstreamModelWords({ host, models, wanted }: UpstreamModel): string {
  const [first] = models;
  if (first === undefined)
    return `${host} has no model. Look whether \`url\` is right, or load a model there.`;
  const has = `${host} has ${models.length === 1 ? "the model" : "these models:"} ${models.join(", ")}`;
  return wanted === undefined
    ? `${has}. Say which one is meant: write, for example, \`model: ${first}\` below \`url\`.`
    : `${has}, but not ${wanted}. Write, for example, \`model: ${first}\`.`;
}
