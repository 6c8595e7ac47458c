use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::error::BuildError;
use aws_sdk_bedrockruntime::primitives::Blob;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConverseOutput, ConverseTokensRequest, CountTokensInput, InferenceConfiguration,
    InvokeModelTokensRequest, Message, SystemContentBlock,
};
use serde_json::{Value, json};

use crate::events::Events;
use crate::failure::Failure;
use crate::input::{document, list, text};
use crate::show::{event_json, message_json, usage_json};

pub async fn converse(client: &Client, input: &Value) -> Result<Value, Failure> {
    let response = client
        .converse()
        .set_model_id(text(input, "modelId"))
        .set_messages(messages(input)?)
        .set_system(system(input))
        .set_inference_config(inference_config(input))
        .set_additional_model_request_fields(
            input.get("additionalModelRequestFields").map(document),
        )
        .send()
        .await?;
    let message = match response.output() {
        Some(ConverseOutput::Message(message)) => message_json(message),
        _ => Value::Null,
    };
    Ok(json!({
        "output": { "message": message },
        "stopReason": response.stop_reason().as_str(),
        "usage": response.usage().map(usage_json),
        "metrics": { "latencyMs": response.metrics().map(|metrics| metrics.latency_ms()) },
    }))
}

pub async fn converse_stream(
    client: &Client,
    input: &Value,
    events: &mut Events,
) -> Result<Value, Failure> {
    let mut response = client
        .converse_stream()
        .set_model_id(text(input, "modelId"))
        .set_messages(messages(input)?)
        .set_system(system(input))
        .set_inference_config(inference_config(input))
        .set_additional_model_request_fields(
            input.get("additionalModelRequestFields").map(document),
        )
        .send()
        .await?;
    while let Some(event) = response.stream.recv().await.map_err(Failure::in_stream)? {
        if events.push(event_json(&event)) {
            break;
        }
    }
    Ok(json!({}))
}

pub async fn count_tokens(client: &Client, input: &Value) -> Result<Value, Failure> {
    let counted = match text(input, "invokeModelBody") {
        Some(body) => {
            let request = InvokeModelTokensRequest::builder()
                .body(Blob::new(body))
                .build()?;
            CountTokensInput::InvokeModel(request)
        }
        None => CountTokensInput::Converse(
            ConverseTokensRequest::builder()
                .set_messages(messages(&input["converse"])?)
                .set_system(system(&input["converse"]))
                .build(),
        ),
    };
    let response = client
        .count_tokens()
        .set_model_id(text(input, "modelId"))
        .input(counted)
        .send()
        .await?;
    Ok(json!({ "inputTokens": response.input_tokens() }))
}

fn messages(input: &Value) -> Result<Option<Vec<Message>>, BuildError> {
    let message = |value: &Value| {
        let content = list(value, "content")
            .iter()
            .filter_map(|block| text(block, "text"))
            .map(ContentBlock::Text);
        Message::builder()
            .set_role(text(value, "role").map(|role| role.as_str().into()))
            .set_content(Some(content.collect()))
            .build()
    };
    input
        .get("messages")
        .map(|_| list(input, "messages").iter().map(message).collect())
        .transpose()
}

fn system(input: &Value) -> Option<Vec<SystemContentBlock>> {
    let texts = list(input, "system")
        .iter()
        .filter_map(|block| text(block, "text"));
    input
        .get("system")
        .map(|_| texts.map(SystemContentBlock::Text).collect())
}

fn inference_config(input: &Value) -> Option<InferenceConfiguration> {
    let config = input.get("inferenceConfig")?;
    let stop_sequences = list(config, "stopSequences")
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned);
    let builder = InferenceConfiguration::builder()
        .set_max_tokens(config["maxTokens"].as_i64().map(|tokens| tokens as i32))
        .set_temperature(
            config["temperature"]
                .as_f64()
                .map(|temperature| temperature as f32),
        )
        .set_top_p(config["topP"].as_f64().map(|top_p| top_p as f32))
        .set_stop_sequences(
            config
                .get("stopSequences")
                .map(|_| stop_sequences.collect()),
        );
    Some(builder.build())
}
