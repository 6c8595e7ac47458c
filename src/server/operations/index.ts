import {
  getFoundationModel,
  getInferenceProfile,
  listFoundationModels,
  listInferenceProfiles,
} from "./control-plane/index.js";
import { converse, converseStream } from "./converse/index.js";
import { countTokens } from "./count-tokens.js";
import { health, live, ready } from "./health.js";
import { metrics } from "./metrics.js";
import { invokeModel, invokeModelWithResponseStream } from "./native/index.js";
import type { Operation } from "./operation.js";

export type { Operation } from "./operation.js";

/** The AWS operations. To add one, write its file and list it here. */
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

/** Every operation that the server answers. */
export const operations: readonly Operation[] = [...awsOperations, health, live, ready, metrics];

/** The names of the AWS operations that Cria supports, as AWS spells them. */
export const operationNames: readonly string[] = awsOperations.map(({ name }) => name);
