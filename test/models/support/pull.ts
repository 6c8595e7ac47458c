import { join } from "node:path";

import { expect } from "vitest";

import {
  ModelUnavailableError,
  type PullOptions,
  pullWeights,
  weightsOf,
} from "../../../src/models/index.js";
import { emptyFolder } from "../../support/folder.js";
import { claimingGguf, LLAMA_3_2_1B } from "./gguf-file.js";
import { quick } from "./hub-server.js";
import { startWeightsHub, type WeightsHubOptions } from "./weights-hub.js";

/** A model with one file, at a known commit. Only the hub knows its checksum and size. */
export const ID = "meta.llama3-2-1b-instruct-v1:0";
export const FILE = "Llama-3.2-1B-Instruct-Q6_K.gguf";
export const REVISION = weightsOf(ID).quantizations.find(
  ({ quantization }) => quantization === "Q6_K",
)?.revision;

let cached: Buffer | undefined;

/** The bytes of that file on the hub. */
export function weightsFile(): Buffer {
  return (cached ??= claimingGguf("llama-3", LLAMA_3_2_1B));
}

/** Starts a hub with that file, and returns a function that pulls it into an empty home. */
export async function preparePull(
  options: WeightsHubOptions = {},
  files: Readonly<Record<string, Buffer>> = { [FILE]: weightsFile() },
) {
  const hub = await startWeightsHub(files, options);
  const home = await emptyFolder();
  const pull = (more: PullOptions = {}) =>
    pullWeights(ID, { quantization: "q6_k", home, env: hub.env, limits: quick, ...more });
  return { ...hub, home, folder: join(home, "models/meta.llama3-2-1b-instruct-v1-0/Q6_K"), pull };
}

/** Waits for a pull to fail, and returns its message. */
export async function failureOf(pulling: Promise<unknown>): Promise<string> {
  const error: unknown = await pulling.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ModelUnavailableError);
  return (error as Error).message;
}
