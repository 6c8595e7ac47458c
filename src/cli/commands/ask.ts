import type { Command } from "commander";

import { integerBetween, numberBetween, target } from "../option-values.js";
import type { OnExitCode } from "../exit-code.js";
import { addModelOptions, type ModelOptions } from "./model-options.js";

/** What `cria "prompt"` takes. */
export interface AskOptions extends ModelOptions {
  readonly model: string;
  readonly system?: string;
  readonly maxGenLen?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly seed?: number;
  readonly raw?: boolean;
  readonly json?: boolean;
  readonly stats?: boolean;
  readonly on: "local" | "aws" | `http://${string}`;
  readonly region?: string;
}

/** The model id asked for when none is given; `client` has the same, but importing it here would load the house. */
const DEFAULT_MODEL_ID = "meta.llama2-13b-chat-v1";

/** The largest seed llama.cpp takes: 32 bits, and all ones means "random". */
const MAX_SEED = 2 ** 32 - 2;

const EXAMPLES = `
Examples:
  cria "Describe the purpose of a 'hello world' program in one line."
  cria --system "Answer in French." --max-gen-len 60 "What is a llama?"
  cat notes.txt | cria "Sum this up in one sentence."
  cria --json --seed 7 --temperature 0 "Name a colour." | jq -r .generation
  cria --on aws --model us.meta.llama3-1-8b-instruct-v1:0 "Hello"

  cria run -- python app.py      run a program that calls Bedrock, against a local model
  cria serve                     serve the Bedrock Runtime API on http://127.0.0.1:2742

The answer goes to stdout, everything else to stderr. Exit codes: 0 done, 1 failed,
2 wrong usage, 130 Ctrl-C. CRIA_HOME says where models are kept; CRIA_DEBUG=1 shows stacks.`;

/** Defines `cria "prompt"`. */
export function defineAsk(program: Command, onExitCode: OnExitCode): void {
  program
    .description("Ask a Llama model and print its answer as it is generated.")
    .argument("[prompt...]", "what to ask; also read from a pipe")
    .option("-m, --model <id>", "Bedrock model id", DEFAULT_MODEL_ID)
    .option("-s, --system <text>", "how the model should behave")
    .option(
      "-n, --max-gen-len <n>",
      "tokens to generate at most, 1 to 2048 (default: 512)",
      integerBetween(1, 2048),
    )
    .option(
      "-t, --temperature <x>",
      "0 (always the likeliest token) to 1 (default: 0.5)",
      numberBetween(0, 1),
    )
    .option("--top-p <x>", "nucleus sampling, 0 to 1 (default: 0.9)", numberBetween(0, 1))
    .option("--seed <n>", "same seed, same answer; not on AWS", integerBetween(0, MAX_SEED))
    .option("--raw", "the text is the whole prompt, in the model's own format")
    .option("--json", "print one JSON object a token, in Bedrock's own keys")
    .option("--stats", "tell counts and speed on stderr when done")
    .option("--on <where>", "local, aws, or the URL of a server", target, "local")
    .option("--region <region>", "AWS region, with --on aws");
  addModelOptions(program)
    .addHelpText("after", EXAMPLES)
    .action(async (words: string[], options: AskOptions) => {
      const { ask } = await import("../actions/ask.js");
      onExitCode(await ask(words, options));
    });
}
