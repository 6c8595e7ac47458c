export { askInOrder } from "./ask-in-order.js";
export {
  type AskedUpstreams,
  checkUpstreams,
  type ModelUpstream,
  type StartedUpstreams,
  startUpstreams,
} from "./start-upstreams.js";
