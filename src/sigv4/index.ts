export { canonicalRequest, splitTarget } from "./canonical-request.js";
export { checkClaim } from "./check-claim.js";
export { isPresigned, readHeaderClaim, readQueryClaim, type SignatureClaim } from "./claim.js";
export { equalSecrets, sha256, sign } from "./signature.js";
