export { splitTarget } from "./canonical-request.js";
export { isPresigned } from "./claim.js";
export { type Credentials, type Header, signRequest } from "./sign.js";
export { sha256 } from "./signature.js";
export type { SignedRequest } from "./signed-request.js";
export { type AccessKey, identifySigner, type Proof } from "./verify.js";
