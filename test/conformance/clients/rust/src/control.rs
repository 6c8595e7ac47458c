use aws_sdk_bedrock::Client;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::input::text;

pub async fn list_foundation_models(client: &Client) -> Result<Value, Failure> {
    let response = client.list_foundation_models().send().await?;
    let ids = response
        .model_summaries()
        .iter()
        .map(|model| model.model_id());
    Ok(json!({ "modelIds": ids.collect::<Vec<_>>() }))
}

pub async fn get_foundation_model(client: &Client, input: &Value) -> Result<Value, Failure> {
    let identifier = text(input, "modelIdentifier");
    let response = client
        .get_foundation_model()
        .set_model_identifier(identifier)
        .send()
        .await?;
    let Some(model) = response.model_details() else {
        return Err(Failure::new(
            "Empty",
            "the response has no modelDetails".to_owned(),
        ));
    };
    Ok(json!({
        "modelId": model.model_id(),
        "modelArn": model.model_arn(),
        "providerName": model.provider_name(),
    }))
}

pub async fn list_inference_profiles(client: &Client) -> Result<Value, Failure> {
    let response = client.list_inference_profiles().send().await?;
    let ids = response
        .inference_profile_summaries()
        .iter()
        .map(|profile| profile.inference_profile_id());
    Ok(json!({ "inferenceProfileIds": ids.collect::<Vec<_>>() }))
}

pub async fn get_inference_profile(client: &Client, input: &Value) -> Result<Value, Failure> {
    let identifier = text(input, "inferenceProfileIdentifier");
    let response = client
        .get_inference_profile()
        .set_inference_profile_identifier(identifier)
        .send()
        .await?;
    let models = response.models().iter().map(|model| model.model_arn());
    Ok(json!({
        "inferenceProfileId": response.inference_profile_id(),
        "inferenceProfileArn": response.inference_profile_arn(),
        "models": models.collect::<Vec<_>>(),
    }))
}
