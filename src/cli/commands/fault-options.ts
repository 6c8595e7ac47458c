import type { Command } from "commander";

import type { ServeOptions } from "../../server/index.js";

/** Options for faults to inject. */
export interface FaultOptions {
  /** Each as typed. */
  readonly fault?: readonly string[];
}

const HELP = `
Faults, to test how a program handles failures:
  --fault ThrottlingException                    every request is throttled
  --fault ThrottlingException,count=2            only the first two are: a program that retries succeeds
  --fault ServiceUnavailableException,rate=0.1   one request in ten fails, at random
  --fault AccessDeniedException,operation=Converse
  --fault ModelStreamErrorException,after=5      the stream fails after 5 tokens
  --fault slow,ms=20000                          the first token comes 20 s late
  --fault stall,after=3                          after 3 tokens, the stream stays open but sends no more
  --fault cut,after=3                            the connection is cut after 3 tokens
  --fault "InternalServerException,message=Try again, later."

Kinds: AccessDeniedException, InternalServerException, ModelErrorException,
ModelNotReadyException, ModelStreamErrorException, ModelTimeoutException,
ResourceNotFoundException, ServiceUnavailableException, ThrottlingException,
ValidationException, slow, stall, cut.
Operations: InvokeModel, InvokeModelWithResponseStream, Converse, ConverseStream,
CountTokens, ListFoundationModels, GetFoundationModel, ListInferenceProfiles,
GetInferenceProfile.
message= comes last. A message that has a setting behind a comma needs double quotes.
after= counts the tokens of a stream. Without it, an exception or a cut comes before the response.
A response that isn't streamed fails as a whole. --fault may be given several times.`;

/** Adds `--fault` to a command, and to its help what the faults are. */
export function addFaultOptions(command: Command): Command {
  return command
    .option("--fault <what>", "fault to inject, as described below; may be given several times", collect)
    .addHelpText("after", HELP);
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/**
 * The faults as `serve()` takes them.
 *
 * @throws {InvalidFaultError} a fault can't be parsed.
 */
export async function faultSettings({ fault }: FaultOptions): Promise<Pick<ServeOptions, "faults">> {
  if (fault === undefined) return {};
  const { operationNames, parseFault } = await import("../../server/index.js");
  return { faults: fault.map((text) => parseFault(text, operationNames)) };
}
