export { invokeModelWithResponseStream } from "./invoke-model-with-response-stream.js";
export { invokeModel } from "./invoke-model.js";
