export { AmazonBedrock, type AmazonBedrockOptions, MAX_RETRIES } from "./amazon-bedrock.js";
export { passThrough } from "./pass-through.js";
