import { configSchema } from "../../config/index.js";
import { settingNamed } from "./place-error.js";

/** What an error says, in the words of the configuration file: with its settings in place of the command line's options. */
export function inFileWords(error: Error): string {
  return error.message
    .replaceAll(/\b[a-z]+=\S+(?: after its URL)? \(in a file, (`[^`]+`)\)/gu, "$1")
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
