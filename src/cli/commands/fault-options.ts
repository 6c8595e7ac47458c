import type { Command } from "commander";

import type { ServeOptions } from "../../server/index.js";

/** What is to go wrong in a server of ours. */
export interface FaultOptions {
  /** As typed, each. */
  readonly fault?: readonly string[];
}

const HELP = `
Faults, to see what a program does on a bad day:
  --fault ThrottlingException                    every request is throttled
  --fault ThrottlingException,count=2            the first two are: a program that tries again succeeds
  --fault ServiceUnavailableException,rate=0.1   one in ten, by chance
  --fault AccessDeniedException,operation=Converse
  --fault ModelStreamErrorException,after=5      the stream fails after 5 tokens
  --fault slow,ms=20000                          the first token comes 20 s later
  --fault stall,after=3                          no more tokens, and no end
  --fault cut,after=3                            the connection breaks; without after= before the response
  --fault "InternalServerException,message=Try again, later."

Kinds: AccessDeniedException, InternalServerException, ModelErrorException,
ModelNotReadyException, ModelStreamErrorException, ModelTimeoutException,
ResourceNotFoundException, ServiceUnavailableException, ThrottlingException,
ValidationException, slow, stall, cut.
Operations: InvokeModel, InvokeModelWithResponseStream, Converse, ConverseStream,
CountTokens, ListFoundationModels, GetFoundationModel, ListInferenceProfiles,
GetInferenceProfile.
A whole response has no tokens to come first: after= then fails all of it. Several --fault go together.`;

/** Adds the option to a command, and to its help what can be asked for. */
export function addFaultOptions(command: Command): Command {
  return command
    .option("--fault <what>", "what is to go wrong, as described below; may be given again", collect)
    .addHelpText("after", HELP);
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/**
 * The option as `serve()` takes it.
 *
 * @throws {InvalidFaultError} a fault in other words than those it has.
 */
export async function faultSettings({ fault }: FaultOptions): Promise<Pick<ServeOptions, "faults">> {
  if (fault === undefined) return {};
  const { operationNames, parseFault } = await import("../../server/index.js");
  return { faults: fault.map((text) => parseFault(text, operationNames)) };
}
