//! Building the map of a view.
//!
//! Invariant: fields keep the order in which they are set, and what has no value leaves no field. Must never import a
//! folder of this crate but `base`.

use std::sync::Arc;

use crate::base::Value;

/// A map that grows field by field.
#[derive(Default)]
pub(super) struct Record(Vec<(Arc<str>, Value)>);

impl Record {
    /// Sets a field.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) -> &mut Self {
        self.0.push((name.into(), value.into()));
        self
    }

    /// Sets a field where there is a value.
    pub fn set_some(&mut self, name: &str, value: Option<impl Into<Value>>) -> &mut Self {
        if let Some(value) = value {
            self.set(name, value);
        }
        self
    }

    /// The map.
    pub fn build(self) -> Value {
        Value::Map(self.0.into())
    }
}

/// A list of texts.
pub(super) fn texts<T: AsRef<[u8]>>(items: impl IntoIterator<Item = T>) -> Value {
    Value::list(items.into_iter().map(Value::text))
}
