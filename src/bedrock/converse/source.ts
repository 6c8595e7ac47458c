import type { JsonObject } from "../parse-json.js";
import type { RequestReader } from "../request-reader.js";

/** The constraints of `S3Location` (API model). */
const MAX_URI_LENGTH = 1024;
const S3_URI = /^s3:\/\/[a-z0-9][.\-a-z0-9]{1,61}[a-z0-9](?:\/.*)?$/u;
const ACCOUNT = /^[0-9]{12}$/u;

/** Reads the bytes of an image or a document, in base64. The API model asks for one byte at least. */
export function readBytes(reader: RequestReader, source: JsonObject, path: string): string | undefined {
  const bytes = reader.string(source, "bytes");
  if (bytes === "") reader.violate(path, undefined, "have length greater than or equal to 1");
  return bytes;
}

/** Reads an `S3Location`. @returns whether there is one */
export function readS3Location(reader: RequestReader, source: JsonObject, path: string): boolean {
  const location = reader.object(source, "s3Location");
  if (location === undefined) return false;
  const uri = reader.requiredString(location, "uri", `${path}.uri`);
  const owner = reader.string(location, "bucketOwner");
  if (uri.length > MAX_URI_LENGTH) {
    reader.violate(`${path}.uri`, uri, `have length less than or equal to ${MAX_URI_LENGTH}`);
  }
  if (uri !== "" && !S3_URI.test(uri)) {
    reader.violate(
      `${path}.uri`,
      uri,
      "satisfy regular expression pattern: s3://[a-z0-9][\\.\\-a-z0-9]{1,61}[a-z0-9](/.*)?",
    );
  }
  if (owner !== undefined && !ACCOUNT.test(owner)) {
    reader.violate(`${path}.bucketOwner`, owner, "satisfy regular expression pattern: [0-9]{12}");
  }
  return true;
}
