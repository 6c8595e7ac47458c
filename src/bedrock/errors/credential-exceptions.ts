import {
  BedrockException,
  CORAL_NAMESPACE,
  type ExceptionOptions,
  type ExceptionType,
} from "./bedrock-exception.js";

// The exceptions for credentials that AWS refuses. The messages are Bedrock's where they are known, otherwise those of other AWS
// services, which share a library. Messages that nobody has reported are marked as inferred.

function refusal(type: ExceptionType, message: string, options: ExceptionOptions = {}): BedrockException {
  return new BedrockException(type, message, {}, { ...options, namespace: CORAL_NAMESPACE });
}

/** The request has neither a signature nor an API key. Quoted by users, with the header and the body's key. */
export function authorizationMissing(): BedrockException {
  return refusal("AccessDeniedException", "Authorization header is missing", { messageKey: "Message" });
}

/** The API key is malformed, unknown or expired. The message is quoted by users; that it covers expired keys is inferred. */
export function invalidApiKey(): BedrockException {
  const message = "Authentication failed: Please make sure your API Key is valid.";
  return refusal("AccessDeniedException", message, { messageKey: "Message" });
}

/** The access key is unknown (recorded by users), or the session token doesn't belong to it (quoted for other services). */
export function unrecognizedClient(): BedrockException {
  return refusal("UnrecognizedClientException", "The security token included in the request is invalid.");
}

/** The credentials have expired. Recorded. */
export function expiredToken(): BedrockException {
  return refusal("ExpiredTokenException", "The security token included in the request is expired");
}

/** The signature doesn't match the request and the secret key. Quoted by users. */
export function signatureMismatch(): BedrockException {
  return invalidSignature(
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
  );
}

/** The signature is invalid whatever its value: outside its time, for another scope, or given twice. */
export function invalidSignature(message: string): BedrockException {
  return refusal("InvalidSignatureException", message);
}

/** A part of the signature is missing, or the signature is of another kind. */
export function incompleteSignature(message: string): BedrockException {
  return refusal("IncompleteSignatureException", message);
}
