export { FaultPlan, RequestFaults } from "./fault-plan.js";
export { type Fault, type FaultKind } from "./fault.js";
export { injectAt, injectWithoutGeneration, isInjecting, withFaults } from "./inject.js";
export { faultKinds, parseFault } from "./parse-fault.js";
