import {
  GetFoundationModelCommand,
  GetInferenceProfileCommand,
  ListFoundationModelsCommand,
  ListInferenceProfilesCommand,
} from "@aws-sdk/client-bedrock";
import {
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";

const utf8 = new TextDecoder();

/** A response without streaming. @param show - selects the output */
const whole = (service, Command, show, read = (input) => input) => ({
  service,
  isStream: false,
  async call(send, input) {
    const response = await send(new Command(read(input)));
    return { output: show(response), metadata: response.$metadata };
  },
});

/**
 * A stream. Once there are enough events, the loop is left with `break`, as a program does.
 *
 * @param events - gets the stream from the response
 */
const stream = (Command, events, showEvent, show) => ({
  service: "runtime",
  isStream: true,
  async call(send, input, isEnough) {
    const response = await send(new Command(input));
    for await (const event of events(response)) {
      if (isEnough(showEvent(event))) break;
    }
    return { output: show(response), metadata: response.$metadata };
  },
});

/** Every operation, as AWS spells it. */
export const operations = {
  InvokeModel: whole("runtime", InvokeModelCommand, ({ body, contentType }) => ({
    body: utf8.decode(body),
    contentType,
  })),
  InvokeModelWithResponseStream: stream(
    InvokeModelWithResponseStreamCommand,
    ({ body }) => body,
    (event) => (event.chunk ? { chunk: utf8.decode(event.chunk.bytes) } : event),
    ({ contentType }) => ({ contentType }),
  ),
  Converse: whole("runtime", ConverseCommand, ({ output, stopReason, usage, metrics }) => ({
    output,
    stopReason,
    usage,
    metrics,
  })),
  ConverseStream: stream(
    ConverseStreamCommand,
    ({ stream: events }) => events,
    (event) => event,
    () => ({}),
  ),
  CountTokens: whole(
    "runtime",
    CountTokensCommand,
    ({ inputTokens }) => ({ inputTokens }),
    ({ modelId, invokeModelBody, converse }) => ({
      modelId,
      input: converse ? { converse } : { invokeModel: { body: new TextEncoder().encode(invokeModelBody) } },
    }),
  ),
  ListFoundationModels: whole("control", ListFoundationModelsCommand, ({ modelSummaries }) => ({
    modelIds: modelSummaries.map(({ modelId }) => modelId),
  })),
  GetFoundationModel: whole("control", GetFoundationModelCommand, ({ modelDetails }) => ({
    modelId: modelDetails.modelId,
    modelArn: modelDetails.modelArn,
    providerName: modelDetails.providerName,
  })),
  ListInferenceProfiles: whole("control", ListInferenceProfilesCommand, ({ inferenceProfileSummaries }) => ({
    inferenceProfileIds: inferenceProfileSummaries.map(({ inferenceProfileId }) => inferenceProfileId),
  })),
  GetInferenceProfile: whole("control", GetInferenceProfileCommand, (profile) => ({
    inferenceProfileId: profile.inferenceProfileId,
    inferenceProfileArn: profile.inferenceProfileArn,
    models: profile.models.map(({ modelArn }) => modelArn),
  })),
};
