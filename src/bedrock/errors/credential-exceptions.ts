import {
  BedrockException,
  CORAL_NAMESPACE,
  type ExceptionOptions,
  type ExceptionType,
} from "./bedrock-exception.js";

// What AWS says to credentials it doesn't take. Bedrock's own words where they are known, else those of other services: they
// come from one library. What nobody has seen is marked as inferred.

function refusal(type: ExceptionType, message: string, options: ExceptionOptions = {}): BedrockException {
  return new BedrockException(type, message, {}, { ...options, namespace: CORAL_NAMESPACE });
}

/** There is neither a signature nor an API key. Quoted by users, header, key and all. */
export function authorizationMissing(): BedrockException {
  return refusal("AccessDeniedException", "Authorization header is missing", { messageKey: "Message" });
}

/** The API key isn't one, or holds no longer. Message quoted by users; that an expired one gets it too is inferred. */
export function invalidApiKey(): BedrockException {
  const message = "Authentication failed: Please make sure your API Key is valid.";
  return refusal("AccessDeniedException", message, { messageKey: "Message" });
}

/** No such access key (recorded by users), or not with this session token (quoted of other services). */
export function unrecognizedClient(): BedrockException {
  return refusal("UnrecognizedClientException", "The security token included in the request is invalid.");
}

/** The key held until a while ago. Recorded. */
export function expiredToken(): BedrockException {
  return refusal("ExpiredTokenException", "The security token included in the request is expired");
}

/** The signature is another one than the request, the key and its secret give. Quoted by users. */
export function signatureMismatch(): BedrockException {
  return invalidSignature(
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
  );
}

/** The signature can't hold, whatever its value: of a wrong time, for something else, or twice there. */
export function invalidSignature(message: string): BedrockException {
  return refusal("InvalidSignatureException", message);
}

/** Something is missing, or no signature of this kind. */
export function incompleteSignature(message: string): BedrockException {
  return refusal("IncompleteSignatureException", message);
}
