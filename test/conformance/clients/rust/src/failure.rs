use std::error::Error;
use std::fmt::Debug;

use aws_sdk_bedrockruntime::config::http::HttpResponse;
use aws_sdk_bedrockruntime::error::{
    BuildError, DisplayErrorContext, ProvideErrorMetadata, SdkError,
};
use serde_json::{Value, json};

/// The SDK's report of a failed call.
pub struct Failure {
    name: String,
    status: Option<u16>,
    message: String,
}

impl Failure {
    pub fn new(name: &str, message: String) -> Self {
        Failure {
            name: name.to_owned(),
            status: None,
            message,
        }
    }

    /// A failure in the middle of a stream: it has no status of its own.
    pub fn in_stream<E, R>(error: SdkError<E, R>) -> Self
    where
        E: Error + ProvideErrorMetadata + Debug + Send + Sync + 'static,
        R: Debug + Send + Sync + 'static,
    {
        let name = match (error.code(), error.as_service_error()) {
            (Some(code), _) => code.to_owned(),
            // for an exception in a stream the SDK has the type, but no code
            (None, Some(exception)) => variant(exception),
            (None, None) => variant(&error),
        };
        let message = match error.message() {
            Some(message) => message.to_owned(),
            None => DisplayErrorContext(&error).to_string(),
        };
        Failure {
            name,
            status: None,
            message,
        }
    }

    pub fn to_json(&self) -> Value {
        let mut json = json!({ "name": self.name, "message": self.message });
        if let Some(status) = self.status {
            json["status"] = status.into();
        }
        json
    }
}

/// A failure before a stream has started, or of an operation without a stream.
impl<E> From<SdkError<E, HttpResponse>> for Failure
where
    E: Error + ProvideErrorMetadata + Debug + Send + Sync + 'static,
{
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        let status = error
            .raw_response()
            .map(|response| response.status().as_u16());
        Failure {
            status,
            ..Failure::in_stream(error)
        }
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        Failure::new("BuildError", error.to_string())
    }
}

/// `ThrottlingException` of `ThrottlingException(ThrottlingException { … })`.
fn variant(value: &impl Debug) -> String {
    let text = format!("{value:?}");
    text.split(['(', ' ']).next().unwrap_or_default().to_owned()
}
