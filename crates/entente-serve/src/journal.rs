//! What the operator reads: one line for each thing, with names of things and never their contents.

use std::io::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Value};

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// As it should be.
    Info,
    /// Somebody should look at it.
    Warning,
}

/// Where lines go: standard error, as text or as JSON.
#[derive(Clone, Copy, Debug)]
pub struct Journal {
    json: bool,
}

impl Journal {
    /// A journal on standard error.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Writes a line. `what` is one of a fixed set of phrases; the fields say about which party, route or number.
    pub fn write(self, level: Level, what: &'static str, fields: &[(&'static str, &dyn ToString)]) {
        // Unit tests ask for thousands of pages.
        if cfg!(test) && level == Level::Info {
            return;
        }
        let now = Timestamp::now();
        let word = match level {
            Level::Info => "info",
            Level::Warning => "warning",
        };
        let line = match self.json {
            true => {
                let mut object = Map::new();
                object.insert("time".to_owned(), Value::String(now.to_string()));
                object.insert("level".to_owned(), Value::String(word.to_owned()));
                object.insert("what".to_owned(), Value::String(what.to_owned()));
                for (name, value) in fields {
                    object.insert((*name).to_owned(), Value::String(value.to_string()));
                }
                Value::Object(object).to_string()
            }
            false => {
                let fields = fields
                    .iter()
                    .map(|(name, value)| format!(" {name}={}", one_line(&value.to_string())));
                format!(
                    "{} {word}: {what}{}",
                    now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    fields.collect::<String>()
                )
            }
        };
        // Nobody reads along: nobody can be told that either.
        let _ = writeln!(std::io::stderr(), "{line}");
    }

    /// Writes a line about something that is as it should be.
    pub fn info(self, what: &'static str, fields: &[(&'static str, &dyn ToString)]) {
        self.write(Level::Info, what, fields);
    }

    /// Writes a line about something that somebody should look at.
    pub fn warn(self, what: &'static str, fields: &[(&'static str, &dyn ToString)]) {
        self.write(Level::Warning, what, fields);
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
