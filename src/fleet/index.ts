export type { StandInDownload } from "../models/index.js";
export type { Fleet, FleetEngine, FleetUpstream } from "./fleet.js";
export { prepareLocalFleet } from "./prepare-local-fleet.js";
export { SingleEngine } from "./single-engine.js";
export { startUpstream, type UpstreamNotices } from "./start-upstream.js";
export { UpstreamEngine } from "./upstream-engine.js";
export { type Upstream, UpstreamFleet } from "./upstream-fleet.js";
