//! Makes the calls read from stdin, one JSON object per line, with the AWS SDK for Rust in its default configuration, and writes
//! one line about each to stdout.

mod control;
mod converse;
mod events;
mod failure;
mod input;
mod invoke;
mod show;

use std::io::{Write, stdin, stdout};
use std::time::Duration;

use aws_config::BehaviorVersion;
use serde_json::{Value, json};

use crate::events::Events;
use crate::failure::Failure;

struct Clients {
    runtime: aws_sdk_bedrockruntime::Client,
    control: aws_sdk_bedrock::Client,
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    assert_eq!(
        arguments,
        ["--transport", "default"],
        "the SDK has one transport: --transport default"
    );
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let clients = Clients {
        runtime: aws_sdk_bedrockruntime::Client::new(&config),
        control: aws_sdk_bedrock::Client::new(&config),
    };
    for line in stdin().lines() {
        let request: Value =
            serde_json::from_str(&line.expect("stdin is UTF-8")).expect("a line is JSON");
        println!("{}", answer(&clients, &request).await);
        stdout().flush().expect("stdout takes the answer");
    }
}

async fn answer(clients: &Clients, request: &Value) -> Value {
    let operation = request["operation"]
        .as_str()
        .expect("a request names its operation");
    let mut events = Events::new(request["stopAfter"].as_u64());
    let call = run(clients, operation, &request["input"], &mut events);
    let result = match request["abortAfterMs"].as_u64() {
        None => call.await,
        // dropping the call's future cancels it, as a timeout does
        Some(ms) => match tokio::time::timeout(Duration::from_millis(ms), call).await {
            Ok(result) => result,
            Err(elapsed) => Err(Failure::new("Elapsed", elapsed.to_string())),
        },
    };
    let mut answer = match result {
        Ok(output) => json!({ "id": request["id"], "output": output }),
        Err(failure) => json!({ "id": request["id"], "error": failure.to_json() }),
    };
    if matches!(
        operation,
        "InvokeModelWithResponseStream" | "ConverseStream"
    ) {
        answer["events"] = events.into_json();
    }
    answer
}

async fn run(
    clients: &Clients,
    operation: &str,
    input: &Value,
    events: &mut Events,
) -> Result<Value, Failure> {
    let Clients { runtime, control } = clients;
    match operation {
        "InvokeModel" => invoke::invoke_model(runtime, input).await,
        "InvokeModelWithResponseStream" => {
            invoke::invoke_model_with_response_stream(runtime, input, events).await
        }
        "Converse" => converse::converse(runtime, input).await,
        "ConverseStream" => converse::converse_stream(runtime, input, events).await,
        "CountTokens" => converse::count_tokens(runtime, input).await,
        "ListFoundationModels" => control::list_foundation_models(control).await,
        "GetFoundationModel" => control::get_foundation_model(control, input).await,
        "ListInferenceProfiles" => control::list_inference_profiles(control).await,
        "GetInferenceProfile" => control::get_inference_profile(control, input).await,
        _ => panic!("{operation} isn't an operation of this client"),
    }
}
