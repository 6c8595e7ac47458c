use aws_sdk_bedrockruntime::types::{
    ContentBlock, ContentBlockDelta, ConverseStreamOutput, Message, TokenUsage,
};
use serde_json::{Value, json};

/// An event of ConverseStream, as in AWS's JSON.
pub fn event_json(event: &ConverseStreamOutput) -> Value {
    match event {
        ConverseStreamOutput::MessageStart(event) => {
            json!({ "messageStart": { "role": event.role().as_str() } })
        }
        ConverseStreamOutput::ContentBlockDelta(event) => {
            let text = match event.delta() {
                Some(ContentBlockDelta::Text(text)) => Some(text),
                _ => None,
            };
            json!({ "contentBlockDelta": { "contentBlockIndex": event.content_block_index(), "delta": { "text": text } } })
        }
        ConverseStreamOutput::ContentBlockStop(event) => {
            json!({ "contentBlockStop": { "contentBlockIndex": event.content_block_index() } })
        }
        ConverseStreamOutput::MessageStop(event) => {
            json!({ "messageStop": { "stopReason": event.stop_reason().as_str() } })
        }
        ConverseStreamOutput::Metadata(event) => json!({
            "metadata": {
                "usage": event.usage().map(usage_json),
                "metrics": { "latencyMs": event.metrics().map(|metrics| metrics.latency_ms()) },
            },
        }),
        other => json!({ "unknown": format!("{other:?}") }),
    }
}

pub fn message_json(message: &Message) -> Value {
    let content = message.content().iter().map(|block| match block {
        ContentBlock::Text(text) => json!({ "text": text }),
        other => json!({ "unknown": format!("{other:?}") }),
    });
    json!({ "role": message.role().as_str(), "content": content.collect::<Vec<_>>() })
}

pub fn usage_json(usage: &TokenUsage) -> Value {
    json!({
        "inputTokens": usage.input_tokens(),
        "outputTokens": usage.output_tokens(),
        "totalTokens": usage.total_tokens(),
    })
}
