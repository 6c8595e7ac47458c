use std::collections::HashMap;

use aws_smithy_types::{Document, Number};
use serde_json::Value;

/// A string of the input, if present.
pub fn text(input: &Value, key: &str) -> Option<String> {
    input[key].as_str().map(str::to_owned)
}

/// A list of the input; empty if it is missing.
pub fn list<'a>(input: &'a Value, key: &str) -> &'a [Value] {
    input[key].as_array().map_or(&[], Vec::as_slice)
}

/// Any JSON value, in the SDK's document type.
pub fn document(value: &Value) -> Document {
    match value {
        Value::Null => Document::Null,
        Value::Bool(value) => Document::Bool(*value),
        Value::Number(value) => Document::Number(number(value)),
        Value::String(value) => Document::String(value.clone()),
        Value::Array(values) => Document::Array(values.iter().map(document).collect()),
        Value::Object(entries) => {
            let entries: HashMap<_, _> = entries
                .iter()
                .map(|(key, value)| (key.clone(), document(value)))
                .collect();
            Document::Object(entries)
        }
    }
}

fn number(value: &serde_json::Number) -> Number {
    match (value.as_u64(), value.as_i64()) {
        (Some(value), _) => Number::PosInt(value),
        (None, Some(value)) => Number::NegInt(value),
        (None, None) => Number::Float(value.as_f64().unwrap_or(f64::NAN)),
    }
}
