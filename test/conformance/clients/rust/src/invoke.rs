use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::primitives::Blob;
use aws_sdk_bedrockruntime::types::ResponseStream;
use serde_json::{Value, json};

use crate::events::Events;
use crate::failure::Failure;
use crate::input::text;

pub async fn invoke_model(client: &Client, input: &Value) -> Result<Value, Failure> {
    let response = client
        .invoke_model()
        .set_model_id(text(input, "modelId"))
        .set_content_type(text(input, "contentType"))
        .set_accept(text(input, "accept"))
        .set_body(text(input, "body").map(Blob::new))
        .send()
        .await?;
    Ok(json!({ "body": utf8(response.body()), "contentType": response.content_type() }))
}

pub async fn invoke_model_with_response_stream(
    client: &Client,
    input: &Value,
    events: &mut Events,
) -> Result<Value, Failure> {
    let mut response = client
        .invoke_model_with_response_stream()
        .set_model_id(text(input, "modelId"))
        .set_content_type(text(input, "contentType"))
        .set_accept(text(input, "accept"))
        .set_body(text(input, "body").map(Blob::new))
        .send()
        .await?;
    while let Some(event) = response.body.recv().await.map_err(Failure::in_stream)? {
        let event = match event {
            ResponseStream::Chunk(part) => json!({ "chunk": part.bytes().map(utf8) }),
            other => json!({ "unknown": format!("{other:?}") }),
        };
        if events.push(event) {
            break;
        }
    }
    // a program stops early by dropping the response with its receiver
    Ok(json!({ "contentType": response.content_type() }))
}

fn utf8(blob: &Blob) -> String {
    String::from_utf8_lossy(blob.as_ref()).into_owned()
}
