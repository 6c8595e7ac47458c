export { FaultPlan, type RequestFaults } from "./fault-plan.js";
export { type Fault, type FaultKind, SLOW_MS } from "./fault.js";
export { isStruck, strikeBefore, strikeWhole, withFault } from "./inject.js";
export { faultKinds, parseFault } from "./parse-fault.js";
