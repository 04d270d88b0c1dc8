//! What a scan gives: findings, not-exposed notes, reviews, and the summary over all texts.

use serde::Serialize;

use crate::matching::Stage;
use crate::stance::Status;
use crate::text::Warning;

/// A place in the original file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// The bytes between, as text.
    pub quote: String,
    /// For a PDF the page (from one); offsets then count in the extracted text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<usize>,
    /// The part of the file in which offsets count, where it holds several: `2.1` of a message, `word/document.xml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
}

/// How much of a fact a text gives away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Extent {
    /// The fact is told: every slot stands in one statement of one sentence.
    Full,
    /// Slots are missing, and are named; or they stand in statements that do not belong together.
    Partial,
}

/// One fact at one place of one text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// The file, as given.
    pub file: String,
    /// Which entry of a feed, from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<usize>,
    /// The fact's id.
    pub fact: String,
    /// The version of the fact by which it was found.
    #[serde(skip_serializing_if = "is_first")]
    pub version: u32,
    /// It stands beside the main text of a page: in links to others, navigation, a notice.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub aside: bool,
    /// Full or partial.
    pub extent: Extent,
    /// Names of the slots that were not found.
    pub missing: Vec<String>,
    /// The words that disclose it.
    pub spans: Vec<Span>,
    /// Words of the neighbouring sentence that complete it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<Span>,
    /// Who says so; [`crate::ARTICLE`] where the text itself does.
    pub speaker: String,
    /// Through whom it came, outermost first; ends with the speaker.
    pub chain: Vec<String>,
    /// Where the statement stands.
    pub status: Status,
    /// 0 to 1.
    pub confidence: f64,
    /// Which stage found it; absent for a denial or admission that refers back to a report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_first(version: &u32) -> bool {
    *version == 1
}

/// A sentence for a person to look at: near a fact, or expressly withholding it. Never a disclosure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Note {
    /// What it goes by: `watch accept` takes it.
    pub id: String,
    /// The file, as given.
    pub file: String,
    /// The fact's id.
    pub fact: String,
    /// The sentence.
    pub span: Span,
    /// Closeness, 0 to 1.
    pub score: f64,
    /// Names of the slots that are missing for the fact to be told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Words of the sentence that may fill such a slot.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<String>,
}

/// Where a story comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The outlet credited, or the file itself where none is.
    pub name: String,
    /// The files that rest on it.
    pub files: Vec<String>,
    /// What ties them: `credit`, `text` (runs of shared words), `quotation`, `none`.
    pub ties: Vec<&'static str>,
}

/// One fact, stated and denied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    /// The fact's id.
    pub fact: String,
    /// Who denies it.
    pub denied_by: Vec<String>,
    /// Who confirms it.
    pub confirmed_by: Vec<String>,
    /// Who asserts it.
    pub asserted_by: Vec<String>,
}

/// When and where a fact was first seen, and how far it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Appearance {
    /// The fact's id.
    pub fact: String,
    /// The file that carries it first, by date of publication where the formats name it, else in the order given.
    pub first: String,
    /// The date of publication of that file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<jiff::Timestamp>,
    /// All files that carry it, in the same order.
    pub files: Vec<String>,
}

/// What all texts give together.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// The origins.
    pub origins: Vec<Origin>,
    /// How many there are.
    pub independent_origins: usize,
    /// Facts that are stated and denied.
    pub contradictions: Vec<Contradiction>,
    /// Texts that are the same but for a few words.
    pub near_duplicates: Vec<Vec<String>>,
    /// First appearance and spread of each fact.
    pub appearances: Vec<Appearance>,
    /// Facts of which a text says that they were not made known.
    pub not_exposed: Vec<Note>,
    /// Near a fact: for a person to look at.
    pub to_review: Vec<Note>,
    /// Warnings by file.
    pub warnings: Vec<FileWarning>,
}

/// A warning and the file it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileWarning {
    /// The file, as given; empty for the facts file.
    pub file: String,
    /// The warning.
    #[serde(flatten)]
    pub warning: Warning,
}

/// The whole result of a scan.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// Findings in the order of files and places.
    pub findings: Vec<Finding>,
    /// The summary.
    pub summary: Summary,
}

impl Report {
    /// What was not read, file by file: parts that are broken or too long.
    pub fn unread(&self) -> impl Iterator<Item = &FileWarning> {
        let warnings = self.summary.warnings.iter();
        warnings.filter(|warning| ["part", "size"].contains(&warning.warning.about))
    }

    /// One JSON object a line: the findings, then `{"summary": …}`.
    ///
    /// # Panics
    /// Never: findings hold strings and finite numbers, which JSON can express.
    #[must_use]
    pub fn to_json_lines(&self) -> String {
        #[derive(Serialize)]
        struct Last<'a> {
            summary: &'a Summary,
        }
        let mut lines = String::new();
        for finding in &self.findings {
            lines.push_str(&serde_json::to_string(finding).expect("findings hold strings and finite numbers"));
            lines.push('\n');
        }
        lines.push_str(
            &serde_json::to_string(&Last { summary: &self.summary })
                .expect("a summary holds strings and finite numbers"),
        );
        lines.push('\n');
        lines
    }

    /// A table for a terminal, control characters shown as such.
    #[must_use]
    pub fn to_table(&self) -> String {
        use std::fmt::Write as _;
        let mut table = String::new();
        for finding in &self.findings {
            let quote = finding.spans.first().map_or("", |span| span.quote.as_str());
            // Writing to a string cannot fail.
            let _ = writeln!(
                table,
                "{:<24} {:<12} {:<8} {:<10} {:>3.0}%  {}\n{:24} “{}”{}",
                visible(&finding.file),
                visible(&finding.fact),
                format!("{:?}", finding.extent).to_lowercase(),
                format!("{:?}", finding.status).to_lowercase(),
                finding.confidence * 100.0,
                visible(&finding.chain.join(" → ")),
                "",
                visible(quote),
                match (finding.missing.is_empty(), finding.aside) {
                    (true, false) => String::new(),
                    (true, true) => " (beside the text)".to_owned(),
                    (false, _) => format!(" (missing: {})", visible(&finding.missing.join(", "))),
                },
            );
        }
        let _ = writeln!(
            table,
            "{} findings, {} independent origins",
            self.findings.len(),
            self.summary.independent_origins
        );
        for origin in &self.summary.origins {
            let _ = writeln!(
                table,
                "origin {}: {}",
                visible(&origin.name),
                visible(&origin.files.join(", "))
            );
        }
        for c in &self.summary.contradictions {
            let by = if c.confirmed_by.is_empty() {
                &c.asserted_by
            } else {
                &c.confirmed_by
            };
            let _ = writeln!(
                table,
                "contradiction {}: denied by {}; stated by {}",
                visible(&c.fact),
                visible(&c.denied_by.join(", ")),
                visible(&by.join(", "))
            );
        }
        for note in self.summary.to_review.iter().take(SHOWN_REVIEWS) {
            let _ = writeln!(
                table,
                "look at {} in {}: “{}” is close to {}{}",
                note.id,
                visible(&note.file),
                visible(&note.span.quote),
                visible(&note.fact),
                if note.missing.is_empty() {
                    String::new()
                } else {
                    format!(" (missing: {})", visible(&note.missing.join(", ")))
                }
            );
        }
        if let more @ 1.. = self.summary.to_review.len().saturating_sub(SHOWN_REVIEWS) {
            let _ = writeln!(table, "and {more} more sentences to look at; `--json` lists them");
        }
        for seen in self.summary.appearances.iter().filter(|seen| seen.files.len() > 1) {
            let day = seen
                .published
                .map_or(String::new(), |at| format!(" ({})", at.strftime("%Y-%m-%d")));
            let _ = writeln!(
                table,
                "{} first in {}{day}, then {}",
                visible(&seen.fact),
                visible(&seen.first),
                visible(&seen.files[1..].join(", "))
            );
        }
        for w in &self.summary.warnings {
            let _ = writeln!(
                table,
                "warning {} {}: {}",
                visible(&w.file),
                w.warning.about,
                visible(&w.warning.message)
            );
        }
        table
    }
}

/// Sentences to look at that a table lists.
const SHOWN_REVIEWS: usize = 5;

/// Text of others on a terminal: no control or direction characters.
fn visible(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control()
                || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}')
            {
                ' '
            } else {
                c
            }
        })
        .collect()
}
