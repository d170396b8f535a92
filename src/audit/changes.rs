//! Old and new values per field.

use serde_json::{Map, Value, json};

/// What a change did to a record's fields, in the order they were compared.
#[derive(Debug, Default, Clone)]
pub(crate) struct Changes(Map<String, Value>);

impl Changes {
    /// Notes a field when its value differs.
    pub(crate) fn compare(&mut self, field: &str, old: &str, new: &str) {
        if old != new {
            self.0.insert(field.to_owned(), json!({ "old": old, "new": new }));
        }
    }

    /// Whether nothing differs.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names of the fields that differ.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// For the database.
    pub(crate) fn into_json(self) -> Value {
        Value::Object(self.0)
    }

    /// Back from the database: field, old, new.
    pub(crate) fn read(value: &Value) -> Vec<(String, String, String)> {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let Value::Object(fields) = value else {
            return Vec::new();
        };
        fields
            .iter()
            .map(|(field, pair)| (field.clone(), text(pair.get("old")), text(pair.get("new"))))
            .collect()
    }
}
