export type { StandInDownload } from "../models/index.js";
export type { Fleet, FleetEngine } from "./fleet.js";
export { prepareLocalFleet } from "./prepare-local-fleet.js";
export { SingleEngine } from "./single-engine.js";
export { type ModelUpstream, startUpstreams } from "./start-upstreams.js";
export { UpstreamFleet } from "./upstream-fleet.js";
