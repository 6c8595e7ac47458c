//! Send a prompt to Llama 2 on Amazon Bedrock and print the answer as it is generated.

use std::error::Error;
use std::io::{Write, stdout};

use aws_config::BehaviorVersion;
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::primitives::Blob;
use aws_sdk_bedrockruntime::types::ResponseStream;
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = aws_config::defaults(BehaviorVersion::latest())
        .region("us-east-1")
        .load()
        .await;
    let client = Client::new(&config);

    let user_message = "Describe the purpose of a 'hello world' program in one line.";

    // Llama 2's own format: an instruction stands between [INST] and [/INST].
    let prompt = format!("<s>[INST] {user_message} [/INST]");

    let body = json!({ "prompt": prompt, "max_gen_len": 512, "temperature": 0.5 });
    let mut response = client
        .invoke_model_with_response_stream()
        .model_id("meta.llama2-13b-chat-v1")
        .content_type("application/json")
        .body(Blob::new(body.to_string()))
        .send()
        .await?;

    while let Some(event) = response.body.recv().await? {
        if let ResponseStream::Chunk(part) = event
            && let Some(bytes) = part.bytes
        {
            let chunk: Value = serde_json::from_slice(bytes.as_ref())?;
            print!("{}", chunk["generation"].as_str().unwrap_or_default());
            stdout().flush()?;
        }
    }
    println!();
    Ok(())
}
