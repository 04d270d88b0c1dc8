//! What is wrong with a text, where, by which rule, and what would be right.

use serde::{Deserialize, Serialize};

/// How serious a [`Finding`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The text is valid, but not written as the authority wants it, or not for new documents.
    Warning,
    /// The text is invalid: nobody is given access on its strength.
    Error,
}

/// One broken rule, with its place in the text that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable identifier of the rule, such as `us-ic.fdr.exclusive`.
    pub rule: String,
    /// The authority for the rule, such as `IC Markings Manual 2016, p. 136; ISM-ID-00325`.
    pub source: String,
    /// Whether the text is invalid, or only unusual.
    pub severity: Severity,
    /// What is wrong, for the person who typed the text.
    pub message: String,
    /// Byte offset where the fault begins.
    pub start: usize,
    /// Byte offset after its end; equal to `start` where something is missing.
    pub end: usize,
    /// What to write instead of `start..end`, or of the whole text where the message says so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub suggestion: Option<String>,
}

impl Finding {
    /// An error at `start..end`.
    pub fn error(rule: &str, source: &str, message: impl Into<String>, start: usize, end: usize) -> Self {
        Self {
            rule: rule.to_owned(),
            source: source.to_owned(),
            severity: Severity::Error,
            message: message.into(),
            start,
            end,
            suggestion: None,
        }
    }

    /// A warning at `start..end`.
    pub fn warning(rule: &str, source: &str, message: impl Into<String>, start: usize, end: usize) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(rule, source, message, start, end)
        }
    }

    /// The same finding with what to write instead.
    #[must_use]
    pub fn suggest(mut self, text: impl Into<String>) -> Self {
        self.suggestion = Some(text.into());
        self
    }

    /// Whether this finding makes the text invalid.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
