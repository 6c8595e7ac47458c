import type { RandomSource } from "../bedrock/index.js";
import type { Fleet } from "../fleet/index.js";
import type { Authenticator } from "./access/index.js";
import type { Callers } from "./callers/index.js";
import type { FaultPlan } from "./faults/index.js";
import type { ServerLimits } from "./limits.js";
import type { ModelMap } from "./model-map.js";
import type { ServerRequest } from "./request.js";
import type { RunningRequests } from "./running-requests.js";
import type { ChatTemplates } from "./templates/index.js";
import type { ModelUpstream } from "./upstreams/index.js";

/** What the operations use. */
export interface Services {
  /** The engines that answer. */
  readonly fleet: Fleet;
  /** The requests in progress. */
  readonly running: RunningRequests;
  /** Who answers for a model instead, by its id, in the order in which they are asked. */
  readonly upstreams: ReadonlyMap<string, readonly ModelUpstream[]>;
  /** Whether another upstream of the model is there to take what the engine of `fleet` can't. @default false */
  readonly passesOn?: boolean;
  /** Renders the prompts of stand-ins. */
  readonly templates: ChatTemplates;
  /** Refuse requests that only a stand-in could answer. */
  readonly strict: boolean;
  /** Refuse the id of a model that Bedrock answers only through an inference profile. */
  readonly strictIds: boolean;
  /** The models behind ARNs that don't name one. */
  readonly modelMap: ModelMap;
  /** The random source for the length of a frame's padding; false for no padding. */
  readonly padding: RandomSource | false;
  /** Called with the stand-in's name, and the id of the model that was asked for, whenever a stand-in answers. */
  readonly onStandIn: (name: string, modelId: string) => void;
  /** Keeps web pages out. */
  readonly callers: Callers;
  /** Checks the caller's credentials. */
  readonly authenticator: Authenticator;
  /** The faults to inject. */
  readonly faults: FaultPlan;
  readonly limits: ServerLimits;
  /** Whether this port has an operation. @param name - as the operation spells it */
  readonly offers: (name: string) => boolean;
  /** What `GET /metrics` answers; undefined if it isn't offered. */
  readonly metrics: MetricsPage | undefined;
}

/** The metrics of a server, as one port answers them. */
export interface MetricsPage {
  /** Checks who asks. @throws {BedrockException} they get nothing. */
  check(request: ServerRequest): Promise<void>;
  /** The metrics now. */
  read(): Promise<{ readonly text: string; readonly type: string }>;
}
