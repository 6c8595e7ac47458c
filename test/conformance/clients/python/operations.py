"""How each operation is called with boto3, and what is reported of its response."""


def invoke_model(client, asked):
    response = client.invoke_model(**asked)
    return {"body": response["body"].read().decode(), "contentType": response["contentType"]}, response


def converse(client, asked):
    response = client.converse(**asked)
    return {key: response[key] for key in ("output", "stopReason", "usage", "metrics")}, response


def count_tokens(client, asked):
    if "converse" in asked:
        of = {"converse": asked["converse"]}
    else:
        of = {"invokeModel": {"body": asked["invokeModelBody"].encode()}}
    response = client.count_tokens(modelId=asked["modelId"], input=of)
    return {"inputTokens": response["inputTokens"]}, response


def list_foundation_models(client, _asked):
    response = client.list_foundation_models()
    return {"modelIds": [model["modelId"] for model in response["modelSummaries"]]}, response


def get_foundation_model(client, asked):
    response = client.get_foundation_model(**asked)
    return {key: response["modelDetails"][key] for key in ("modelId", "modelArn", "providerName")}, response


def list_inference_profiles(client, _asked):
    response = client.list_inference_profiles()
    ids = [profile["inferenceProfileId"] for profile in response["inferenceProfileSummaries"]]
    return {"inferenceProfileIds": ids}, response


def get_inference_profile(client, asked):
    response = client.get_inference_profile(**asked)
    models = [model["modelArn"] for model in response["models"]]
    return {
        "inferenceProfileId": response["inferenceProfileId"],
        "inferenceProfileArn": response["inferenceProfileArn"],
        "models": models,
    }, response


def invoke_model_with_response_stream(client, asked):
    response = client.invoke_model_with_response_stream(**asked)
    return response, response["body"]


def converse_stream(client, asked):
    response = client.converse_stream(**asked)
    return response, response["stream"]


def show_chunk(event):
    return {"chunk": event["chunk"]["bytes"].decode()} if "chunk" in event else event


RUNTIME = {"InvokeModel": invoke_model, "Converse": converse, "CountTokens": count_tokens}

CONTROL = {
    "ListFoundationModels": list_foundation_models,
    "GetFoundationModel": get_foundation_model,
    "ListInferenceProfiles": list_inference_profiles,
    "GetInferenceProfile": get_inference_profile,
}

# each with the call, the output of an event, and the output at its end
STREAMS = {
    "InvokeModelWithResponseStream": (
        invoke_model_with_response_stream,
        show_chunk,
        lambda response: {"contentType": response["contentType"]},
    ),
    "ConverseStream": (converse_stream, lambda event: event, lambda _response: {}),
}
