/** What all processes of `bench/attack.mjs` know: the model, the key that the polite caller has, and how a request is signed. */
import { modules } from "../home.mjs";

const { signRequest } = await import(`${modules}/sigv4/index.js`);

export const MODEL = "meta.llama3-8b-instruct-v1:0";
export const INVOKE = `/model/${MODEL}/invoke`;
export const STREAM = `/model/${MODEL}/invoke-with-response-stream`;
export const KEY = { accessKeyId: "CRIAPOLITEPOLITE2222", secretAccessKey: "a-secret-of-the-polite-caller" };
/** A key that the server doesn't know. */
export const UNKNOWN_KEY = { accessKeyId: "CRIANOBODYNOBODY2222", secretAccessKey: "nobody" };
/** The prompt that is answered with 2,048 tokens. */
export const FLOOD = "flood";

/** The headers of a signed POST, names in lower case. */
export function signed(path, body, credentials) {
  const headers = [
    ["host", "localhost"],
    ["content-type", "application/json"],
  ];
  return signRequest({ method: "POST", path, headers, body }, { credentials, region: "us-east-1" });
}
