//! A report as it comes out of a file of another format, before anything is made of it here.

use entente_core::PartyPath;
use jiff::Timestamp;
use serde_json::Value;

use crate::Format;
use crate::marks::Asks;
use crate::statement::{Portioned, Statement};

/// Who published something, as the file names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Publisher {
    /// By a name that may be no party's.
    Named(String),
    /// As a party.
    Party(PartyPath),
}

/// A text that becomes a portion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// Its id, as far as it has one that may serve as such.
    pub id: String,
    /// The text.
    pub text: String,
    /// What it asks for.
    pub asks: Asks,
    /// Who published it, besides whoever published the report.
    pub publishers: Vec<Publisher>,
    /// The groups that it was shared with, by their names.
    pub groups: Vec<String>,
    /// What it says of itself, where it was written by Entente.
    pub stated: Option<Portioned>,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// What it is read from.
    pub format: Format,
    /// Its name there.
    pub name: String,
    /// Who published it; nobody where the file names nobody.
    pub publisher: Option<Publisher>,
    /// When it was last changed there.
    pub modified: Option<Timestamp>,
    /// Its title.
    pub title: Piece,
    /// Its texts, and what is carried through.
    pub pieces: Vec<Piece>,
    /// What else its file says of it, for the way back.
    pub rest: Value,
    /// Whether it is revoked.
    pub revoked: bool,
    /// What it says of itself, where it was written by Entente.
    pub stated: Option<Statement>,
}

/// The most texts of one report: a larger file becomes several.
const MAX_PIECES: usize = 10_000;

/// The same of loose objects, which nothing holds together: a page of them is then found in one or two reports.
const MAX_LOOSE: usize = 1_000;

/// The most bytes of text of one report; what is committed at once stays far below what a store takes.
const MAX_TEXT: usize = 8 << 20;

impl Incoming {
    /// The same under a name of its own beside a newer version that is held, where it is of loose objects: a report takes the
    /// place of its earlier version.
    pub fn aside(mut self) -> Option<Self> {
        let at = self.modified?.as_millisecond();
        let suffix = format!(".at-{at}");
        let loose = self.stated.is_none() && !self.revoked && self.is_loose() && !self.name.contains(".at-");
        self.name.push_str(&suffix);
        loose.then_some(self)
    }

    /// Whether it only holds together what no report of its file names.
    fn is_loose(&self) -> bool {
        self.format == Format::Stix && self.rest.get("type").and_then(Value::as_str) == Some("bundle")
    }

    /// The same as reports of a size that can be kept: the first, and what follows it under its name with a number.
    pub fn in_parts(mut self) -> Vec<Self> {
        let mut parts: Vec<Vec<Piece>> = vec![Vec::new()];
        let mut bytes = 0;
        let most = if self.is_loose() { MAX_LOOSE } else { MAX_PIECES };
        for piece in std::mem::take(&mut self.pieces) {
            bytes += piece.text.len();
            let full = |part: &Vec<Piece>| !part.is_empty() && (part.len() >= most || bytes > MAX_TEXT);
            if parts.last().is_some_and(full) {
                bytes = piece.text.len();
                parts.push(Vec::new());
            }
            if let Some(part) = parts.last_mut() {
                part.push(piece);
            }
        }
        let numbered = parts.into_iter().enumerate();
        let part = |(n, pieces): (usize, Vec<Piece>)| Self {
            name: match n {
                0 => self.name.clone(),
                n => format!("{}.{}", self.name, n + 1),
            },
            pieces,
            ..self.clone()
        };
        numbered.map(part).collect()
    }
}

/// The paragraphs of a text, each with its id.
pub(crate) fn paragraphs(text: &str, prefix: &str) -> Vec<(String, String)> {
    let text = text.replace("\r\n", "\n");
    let mut all: Vec<String> = Vec::new();
    let mut fenced = false;
    for line in text.split('\n') {
        let bare = line.trim();
        let opens = all.last().is_none_or(String::is_empty);
        if bare.is_empty() && !fenced {
            if !opens {
                all.push(String::new());
            }
            continue;
        }
        fenced ^= bare.starts_with("```");
        match all.last_mut().filter(|last| !last.is_empty()) {
            Some(last) => {
                last.push('\n');
                last.push_str(line.trim_end());
            }
            None => {
                if opens {
                    all.pop();
                }
                all.push(line.trim_end().to_owned());
            }
        }
    }
    all.retain(|paragraph| !paragraph.trim().is_empty());
    let numbered = all.into_iter().enumerate();
    numbered
        .map(|(n, paragraph)| (format!("{prefix}{}", n + 1), paragraph))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_text_falls_into_its_paragraphs() {
        let found = super::paragraphs("one\r\nline\n\n\n two\n\n```\na\n\nb\n```\n", "p");
        let texts: Vec<&str> = found.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["one\nline", " two", "```\na\n\nb\n```"]);
        assert_eq!(found[2].0, "p3");
        assert!(super::paragraphs(" \n\n", "p").is_empty());
    }
}
