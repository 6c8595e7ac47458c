export { invokeModel } from "./invoke-model.js";
export { invokeModelWithResponseStream } from "./invoke-model-with-response-stream.js";
