export { askInOrder } from "./ask-in-order.js";
export { checkUpstreams, type ModelUpstream, startUpstreams } from "./start-upstreams.js";
