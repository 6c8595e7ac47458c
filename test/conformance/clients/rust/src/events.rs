use serde_json::Value;

/// The events of a stream so far, and the number that the program wants.
pub struct Events {
    seen: Vec<Value>,
    wanted: Option<u64>,
}

impl Events {
    pub fn new(wanted: Option<u64>) -> Self {
        Events {
            seen: Vec::new(),
            wanted,
        }
    }

    /// Keeps an event; returns true once there are as many as wanted.
    pub fn push(&mut self, event: Value) -> bool {
        self.seen.push(event);
        self.wanted == Some(self.seen.len() as u64)
    }

    pub fn into_json(self) -> Value {
        Value::Array(self.seen)
    }
}
