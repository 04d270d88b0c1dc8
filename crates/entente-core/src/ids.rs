//! Names of things. Each is its own type, so that a request can never be mistaken for a report.

use std::fmt;
use std::str::FromStr;

use entente_marking::Entity;
use serde::{Deserialize, Serialize};

/// The longest name accepted anywhere: long enough for a path of organisations, short enough for a file name.
pub const MAX_NAME: usize = entente_exposure::MAX_NAME;

/// A name that is not one: what is wrong, and what a right one looks like.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing was given.
    #[error("{what} is empty; write something like `{example}`")]
    Empty {
        /// The kind of name.
        what: &'static str,
        /// A right one.
        example: &'static str,
    },
    /// Longer than [`MAX_NAME`].
    #[error("{what} has {length} bytes, but at most {MAX_NAME} are allowed; shorten `{text}…`")]
    TooLong {
        /// The kind of name.
        what: &'static str,
        /// Its length in bytes.
        length: usize,
        /// How it begins.
        text: String,
    },
    /// A character that names do not have, or an empty path segment.
    #[error("{what} `{text}` has {found} at byte {at}; write letters, digits and `-`, `_`, `.`, as in `{example}`")]
    BadCharacter {
        /// The kind of name.
        what: &'static str,
        /// The whole text.
        text: String,
        /// What stands there, for a person to read.
        found: String,
        /// Where it stands.
        at: usize,
        /// A right name.
        example: &'static str,
    },
    /// A name in another spelling than the one that names have.
    #[error("{what} is spelt in one way only: write `{right}` instead of `{text}`")]
    Spelling {
        /// The kind of name.
        what: &'static str,
        /// What was given.
        text: String,
        /// The one spelling.
        right: String,
    },
}

/// The one spelling of a party's path: capitals, digits and `-`, in parts divided by `.`.
fn party_spelling(text: &str) -> String {
    text.to_ascii_uppercase().replace('_', "-")
}

/// The one spelling of a person's id: the party's path, one `/`, and small letters, digits and `-`.
fn person_spelling(text: &str) -> String {
    let small = |name: &str| name.to_ascii_lowercase().replace(['_', '.'], "-");
    match text.rsplit_once('/') {
        Some((party, name)) => format!("{}/{}", party_spelling(party).replace('/', "."), small(name)),
        None => small(text),
    }
}

/// Checks a name; `/` is allowed where `slash` says so, and separators must stand between other characters.
fn check(what: &'static str, example: &'static str, text: &str, slash: bool) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty { what, example });
    }
    if text.len() > MAX_NAME {
        let start = text.chars().take(32).collect();
        return Err(NameError::TooLong {
            what,
            length: text.len(),
            text: start,
        });
    }
    let bad = |at: usize, found: String| NameError::BadCharacter {
        what,
        text: text.escape_debug().to_string(),
        found,
        at,
        example,
    };
    let mut after_separator = true;
    for (at, c) in text.char_indices() {
        let separator = c == '.' || (slash && c == '/');
        if separator && after_separator {
            return Err(bad(at, format!("a `{c}` with nothing before it")));
        }
        if !(separator || c.is_ascii_alphanumeric() || c == '-' || c == '_') {
            return Err(bad(at, format!("`{}`", c.escape_debug())));
        }
        after_separator = separator;
    }
    if after_separator {
        return Err(bad(text.len() - 1, "a separator with nothing after it".to_owned()));
    }
    Ok(())
}

/// Names that documents are kept under, in the spelling in which they were stored.
pub(crate) trait Stored: Sized {
    /// The name as it was stored.
    fn from_stored(text: &str) -> Result<Self, NameError>;
}

impl Stored for String {
    fn from_stored(text: &str) -> Result<Self, NameError> {
        Ok(text.to_owned())
    }
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $what:literal, $example:literal, slash: $slash:literal) => {
        id_type! { $(#[$doc])* $name, $what, $example, slash: $slash, spelt: str::to_owned }
    };
    ($(#[$doc:meta])* $name:ident, $what:literal, $example:literal, slash: $slash:literal, spelt: $spelling:path) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            #[doc = concat!("Reads a name such as `", $example, "`.")]
            ///
            /// # Errors
            /// When the text is empty, too long, has characters that names do not have, or is in another spelling than
            /// the one that names have.
            pub fn new(text: impl Into<String>) -> Result<Self, NameError> {
                let name = Self::stored(text)?;
                let right = $spelling(name.as_str());
                match right == name.0 {
                    true => Ok(name),
                    false => Err(NameError::Spelling { what: $what, text: name.0, right }),
                }
            }

            /// A name that was stored or sent, whatever its spelling: one in another spelling than today's stays what it
            /// is, and is nobody's.
            ///
            /// # Errors
            /// When the text is empty, too long, or has characters that names do not have.
            pub fn stored(text: impl Into<String>) -> Result<Self, NameError> {
                let text = text.into();
                check($what, $example, &text, $slash)?;
                Ok(Self(text))
            }

            /// The error that says how it is spelt, where it is not spelt so.
            ///
            /// # Errors
            /// When it was stored in another spelling.
            pub fn spelt(&self) -> Result<(), NameError> {
                Self::new(self.as_str()).map(drop)
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                Self::stored(text)
            }
        }

        impl Stored for $name {
            fn from_stored(text: &str) -> Result<Self, NameError> {
                Self::stored(text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }
    };
}

id_type! {
    /// An organisation, named by a path: `USA`, `USA.CIA`, `CERT-PL`. A path includes all below it.
    PartyPath, "a party's name", "USA.CIA", slash: false, spelt: party_spelling
}
id_type! {
    /// A person, as party and name: `GBR.FCDO/j-smith`.
    PersonId, "a person's name", "GBR.FCDO/j-smith", slash: true, spelt: person_spelling
}
id_type! {
    /// A named set of persons.
    AudienceName, "an audience's name", "visitors", slash: false
}
id_type! {
    /// A report, the same through all its versions.
    ReportId, "a report's id", "ENT-2026-0007", slash: false
}
id_type! {
    /// A portion within one report: `p3`.
    PortionId, "a portion's id", "p3", slash: false
}
id_type! {
    /// A fact within one report: `p3.1`.
    FactId, "a fact's id", "p3.1", slash: false
}
id_type! {
    /// An arrangement between parties.
    ArrangementId, "an arrangement's id", "GBR-USA-2024", slash: false
}
id_type! {
    /// A request for release.
    RequestId, "a request's id", "req-0001", slash: false
}
id_type! {
    /// A consent.
    ConsentId, "a consent's id", "con-0001", slash: false
}
id_type! {
    /// A recall.
    RecallId, "a recall's id", "rec-0001", slash: false
}
id_type! {
    /// An incident, or the case about it.
    IncidentId, "an incident's id", "inc-0001", slash: false
}
id_type! {
    /// A decision that was recorded, so that it can be made again.
    DecisionId, "a decision's id", "dec-0001", slash: false
}
id_type! {
    /// A briefing.
    BriefingId, "a briefing's id", "brf-0001", slash: false
}
id_type! {
    /// A protected source, by a code that says nothing about it.
    SourceId, "a source's id", "src-0001", slash: false
}
id_type! {
    /// The name under which a party keeps a rule of its own.
    RuleName, "a rule's name", "office-hours", slash: false
}
id_type! {
    /// What waits for a second person's yes.
    PendingId, "the id of what waits for a second person", "pend-0001", slash: false
}
id_type! {
    /// An override, or a disclosure that followed from one.
    DisclosureId, "a disclosure's id", "dis-0001", slash: false
}

impl PartyPath {
    /// Whether `other` is this party or a part of it.
    ///
    /// ```
    /// use entente_core::PartyPath;
    /// let usa = PartyPath::new("USA")?;
    /// assert!(usa.includes(&PartyPath::new("USA.CIA")?));
    /// assert!(!usa.includes(&PartyPath::new("USAF")?));
    /// # Ok::<(), entente_core::NameError>(())
    /// ```
    pub fn includes(&self, other: &Self) -> bool {
        other
            .0
            .strip_prefix(&self.0)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// This party and every party that it is a part of, from the top.
    pub fn ancestry(&self) -> impl Iterator<Item = &str> {
        let ends = self.0.match_indices('.').map(|(at, _)| at);
        ends.chain(std::iter::once(self.0.len())).map(|end| &self.0[..end])
    }

    /// The party at the top of the path: for a government's agency, its country.
    pub fn top(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }

    /// The path with characters that are taken for one another made one: two paths that look alike have the same.
    pub(crate) fn looks(&self) -> String {
        let alike = |c: char| match c.to_ascii_uppercase() {
            '0' => 'O',
            '1' | 'L' => 'I',
            '5' => 'S',
            '_' => '-',
            c => c,
        };
        self.0.chars().map(alike).collect()
    }

    /// This party as it would stand on a release list.
    pub fn entity(&self) -> Entity {
        Entity::new(&self.0)
    }
}

impl PortionId {
    /// The name of a report's title, which no other portion may bear.
    pub fn title() -> Self {
        Self(crate::report::TITLE.to_owned())
    }
}

impl PersonId {
    /// Everyone: the audience of what was published.
    ///
    /// An outsider about whom nothing is known, so that only what may be public is permitted to them.
    pub fn public() -> Self {
        Self("PUBLIC/anyone".to_owned())
    }

    /// The name without the party.
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// The party in the id, when it has the form `party/name`.
    pub fn party(&self) -> Option<PartyPath> {
        self.0
            .rsplit_once('/')
            .and_then(|(party, _)| PartyPath::stored(party.replace('/', ".")).ok())
    }
}

/// One portion of one version of a report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PortionRef {
    /// The report.
    pub report: ReportId,
    /// Its version, from 1.
    pub version: u32,
    /// The portion.
    pub portion: PortionId,
}

impl fmt::Display for PortionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} v{} {}", self.report, self.version, self.portion)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_wrong() {
        for (text, problem) in [
            ("", "a party's name is empty; write something like `USA.CIA`"),
            (
                "USA..CIA",
                "a party's name `USA..CIA` has a `.` with nothing before it at byte 4; write letters, digits and `-`, `_`, `.`, as in `USA.CIA`",
            ),
            (
                "USA ",
                "a party's name `USA ` has ` ` at byte 3; write letters, digits and `-`, `_`, `.`, as in `USA.CIA`",
            ),
            (
                "../etc",
                "a party's name `../etc` has a `.` with nothing before it at byte 0; write letters, digits and `-`, `_`, `.`, as in `USA.CIA`",
            ),
        ] {
            assert_eq!(PartyPath::new(text).unwrap_err().to_string(), problem, "{text:?}");
        }
    }

    #[test]
    fn b10_a_path_has_one_spelling_and_what_was_stored_still_opens() {
        for (text, right) in [("usa.svc", "USA.SVC"), ("Usa", "USA"), ("CERT_PL", "CERT-PL")] {
            let error = PartyPath::new(text).unwrap_err().to_string();
            assert_eq!(
                error,
                format!("a party's name is spelt in one way only: write `{right}` instead of `{text}`")
            );
            assert!(text.parse::<PartyPath>().is_err());
            let stored: PartyPath = serde_json::from_str(&format!("\"{text}\"")).unwrap();
            assert!(stored.spelt().is_err() && stored.as_str() == text);
        }
        for (text, right) in [
            ("usa.svc/visitor", "USA.SVC/visitor"),
            ("USA/Visitor", "USA/visitor"),
            ("USA/SVC/visitor", "USA.SVC/visitor"),
            ("USA/j_smith", "USA/j-smith"),
            ("USA/j.smith", "USA/j-smith"),
        ] {
            let error = PersonId::new(text).unwrap_err().to_string();
            assert!(
                error.ends_with(&format!("write `{right}` instead of `{text}`")),
                "{error}"
            );
            assert!(serde_json::from_str::<PersonId>(&format!("\"{text}\"")).is_ok());
        }
        // Letters of other alphabets are none.
        for text in ["U\u{405}A", "\u{ff35}SA", "USA.SV\u{421}"] {
            assert!(PartyPath::stored(text).is_err());
        }
    }

    #[test]
    fn a_path_includes_all_below_it_and_nothing_beside_it() {
        let path = |text| PartyPath::new(text).unwrap();
        assert!(path("USA").includes(&path("USA")));
        assert!(path("USA.DOD").includes(&path("USA.DOD.DIA")));
        assert!(!path("USA.DOD").includes(&path("USA")));
        assert!(!path("USA.DO").includes(&path("USA.DOD")));
        assert_eq!(
            path("USA.DOD.DIA").ancestry().collect::<Vec<_>>(),
            ["USA", "USA.DOD", "USA.DOD.DIA"]
        );
    }
}
