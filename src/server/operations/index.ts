import {
  getFoundationModel,
  getInferenceProfile,
  listFoundationModels,
  listInferenceProfiles,
} from "./control-plane/index.js";
import { converse, converseStream } from "./converse/index.js";
import { countTokens } from "./count-tokens.js";
import { health } from "./health.js";
import { invokeModel, invokeModelWithResponseStream } from "./native/index.js";
import type { Operation } from "./operation.js";

export type { Operation } from "./operation.js";

/** Those of AWS. A new one is a file and a line here. */
const awsOperations: readonly Operation[] = [
  invokeModel,
  invokeModelWithResponseStream,
  converse,
  converseStream,
  countTokens,
  listFoundationModels,
  getFoundationModel,
  listInferenceProfiles,
  getInferenceProfile,
];

/** All that a server answers. */
export const operations: readonly Operation[] = [...awsOperations, health];

/** The operations of AWS that Cria has, as AWS names them. */
export const operationNames: readonly string[] = awsOperations.map(({ name }) => name);
