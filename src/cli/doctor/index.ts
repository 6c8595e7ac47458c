export { examine, judge, type Report, reportText } from "./examine.js";
export { type Finding, ok, warning, withoutSecrets } from "./finding.js";
