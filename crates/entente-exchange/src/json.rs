//! JSON from anywhere: bounded in size, depth and number of values, and never with two values under one name.
//!
//! What a reader takes for the value of a name that stands twice differs from tool to tool, so an object with one is not
//! read: it is marked, and whoever meets it leaves that object out and says so. The rest of the file stays readable.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The largest file: the whole of a public collection fits, and memory stays bounded.
pub const MAX_FILE: usize = 64 << 20;

/// The most values in one file; about what a file of the largest size holds, so that small values cannot fill memory.
const MAX_VALUES: usize = 8_000_000;

/// The deepest nesting: no format here goes half as deep.
const MAX_DEPTH: usize = 64;

/// The name under which an object says that one of its own stands twice. No text in a file can be it: names with this
/// character are refused.
const TWICE: &str = "\u{0}twice";

/// Why a file is no JSON that is read here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Larger than [`MAX_FILE`].
    #[error("the file has {0} bytes, at most {MAX_FILE} are read; split it into several files")]
    TooLarge(usize),
    /// Not UTF-8.
    #[error("byte {0} is not UTF-8; save the file as UTF-8")]
    NotText(usize),
    /// Not JSON, or more of it than is read.
    #[error("{0}")]
    NotJson(String),
}

/// Reads a file.
///
/// # Errors
/// When it is too large, too deep, has too many values, or is not JSON; with line and column.
pub fn read(bytes: &[u8]) -> Result<Value, JsonError> {
    if bytes.len() > MAX_FILE {
        return Err(JsonError::TooLarge(bytes.len()));
    }
    let wide = wide(bytes);
    let text = match &wide {
        Some(text) => text.as_str(),
        None => std::str::from_utf8(bytes).map_err(|error| JsonError::NotText(error.valid_up_to()))?,
    };
    let left = Cell::new(MAX_VALUES);
    let mut reader = serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'));
    let seed = Seed {
        left: &left,
        depth: MAX_DEPTH,
    };
    let value = seed
        .deserialize(&mut reader)
        .map_err(|error| JsonError::NotJson(error.to_string()))?;
    reader.end().map_err(|error| JsonError::NotJson(error.to_string()))?;
    Ok(value)
}

/// A text that says at its beginning that it is UTF-16, as some tools save files.
fn wide(bytes: &[u8]) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    String::from_utf16(&units).ok().filter(|_| rest.is_empty())
}

/// The name that stands twice in an object, or in one within it.
pub fn twice(value: &Value) -> Option<&str> {
    match value {
        Value::Object(fields) => match fields.get(TWICE) {
            Some(Value::String(name)) => Some(name),
            _ => fields.values().find_map(twice),
        },
        Value::Array(items) => items.iter().find_map(twice),
        _ => None,
    }
}

/// The same of the object itself, without those within it.
pub fn own_twice(value: &Value) -> Option<&str> {
    value.get(TWICE).and_then(Value::as_str)
}

#[derive(Clone, Copy)]
struct Seed<'l> {
    left: &'l Cell<usize>,
    depth: usize,
}

impl Seed<'_> {
    fn count<E: serde::de::Error>(&self) -> Result<(), E> {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        match left {
            0 => Err(E::custom(format!("more than {MAX_VALUES} values; split the file"))),
            _ => Ok(()),
        }
    }

    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.depth {
            0 => Err(E::custom(format!("nested deeper than {MAX_DEPTH} levels"))),
            depth => Ok(Self {
                depth: depth - 1,
                ..self
            }),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        self.count()?;
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.count()?;
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        self.count()?;
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        self.count()?;
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.count()?;
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        self.count()?;
        Ok(Value::String(value))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        self.count()?;
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.count()?;
        let inner = self.deeper()?;
        let mut all = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        self.count()?;
        let inner = self.deeper()?;
        let mut all = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            if name.contains('\u{0}') {
                return Err(A::Error::custom("a name contains the character NUL"));
            }
            let value = fields.next_value_seed(inner)?;
            if all.contains_key(&name) {
                all.insert(TWICE.to_owned(), Value::String(name));
            } else {
                all.insert(name, value);
            }
        }
        Ok(Value::Object(all))
    }
}

/// A text of an object.
pub(crate) fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}

/// The items of a list of an object; none where it has no such list.
pub(crate) fn items<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The texts in a list of an object.
pub(crate) fn texts<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v str> {
    items(value, name).iter().filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_json_is_told_apart() {
        let deep = "[".repeat(100_000);
        assert!(read(deep.as_bytes()).unwrap_err().to_string().contains("nested deeper"));
        let doubled = read(br#"[{"a":1,"b":{"c":1,"c":2}},{"a":1}]"#).unwrap();
        assert_eq!(twice(&doubled[0]), Some("c"));
        assert_eq!(own_twice(&doubled[0]), None);
        assert_eq!(twice(&doubled[1]), None);
        assert_eq!(
            read(b"{\"a\": }").unwrap_err().to_string(),
            "expected value at line 1 column 7"
        );
        assert_eq!(read(b"{\"a\": \"\xff\"}").unwrap_err(), JsonError::NotText(7));
        assert!(read(b"{} {}").unwrap_err().to_string().contains("trailing"));
        assert!(read(b"\xff\xfe{\0}\0").is_ok() && read(b"\xfe\xff\0{\0}").is_ok());
        assert!(read(b"\xff\xfe{\0}").is_err());
    }
}
