export { type StandInChoice, type StandInReason, whyChosen } from "./choose-stand-in.js";
export {
  currentStandIn,
  type PreparedStandIn,
  prepareStandIn,
  setStandIn,
  type StandInDownload,
  type StandInOptions,
} from "./prepare-stand-in.js";
export { findStandIn, whyNotOnHub } from "./stand-in-file.js";
export { nameOf as standInName, SMALL as smallStandIn, type StandIn, standInNamed } from "./stand-in.js";
