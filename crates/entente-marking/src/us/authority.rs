//! The classification authority block and the date of declassification (M §E; 32 CFR 2001.21-2001.26).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// When information is declassified: one value, the longest of all sources'.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Declassify {
    /// `N/A to RD/FRD/TFNI portions`: atomic energy information is never declassified automatically.
    NotApplicable,
    /// `50X1-HUM` or `50X2-WMD`: identity of a human source, or design of a weapon of mass destruction.
    FiftyWithoutDate(u8),
    /// `50X3` and others, with a date.
    FiftyWithDate(u8, Date),
    /// `25X1, EO 12951`: certain imagery.
    Imagery,
    /// `25X2` and others, with a date.
    TwentyFiveWithDate(u8, Date),
    /// A date.
    On(Date),
    /// An event, at most ten years ahead.
    Event(String),
}

/// A value of "Declassify On" that is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a declassification instruction: {problem}")]
pub struct BadInstruction {
    text: String,
    problem: &'static str,
}

const FORMS: &str = "write a date as YYYYMMDD, an exemption as 25X1, YYYYMMDD or 50X1-HUM, or an event";

fn date(text: &str) -> Option<Date> {
    let digits = text.trim();
    if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i16>().ok();
    let month = i8::try_from(number(4..6)?).ok()?;
    let day = i8::try_from(number(6..8)?).ok()?;
    Date::new(number(0..4)?, month, day).ok()
}

impl Declassify {
    /// Reads a value of "Declassify On". `source` is the date of the document that it stands in: retired
    /// instructions and exemptions without a date count from it.
    ///
    /// # Errors
    /// When the text is none of the forms, with what would be.
    ///
    /// ```
    /// use entente_marking::us::authority::Declassify;
    /// let source = jiff::civil::date(2026, 3, 1);
    /// assert_eq!(Declassify::parse("OADR", source)?.to_string(), "20510301");
    /// assert_eq!(Declassify::parse("50X1-HUM", source)?.to_string(), "50X1-HUM");
    /// # Ok::<(), entente_marking::us::authority::BadInstruction>(())
    /// ```
    pub fn parse(text: &str, source: Date) -> Result<Self, BadInstruction> {
        let bad = |problem| BadInstruction {
            text: text.chars().take(64).collect(),
            problem,
        };
        let text_up = text.trim().to_ascii_uppercase();
        let after = |years: i16| {
            source
                .checked_add(jiff::Span::new().years(years))
                .map_err(|_| bad(FORMS))
        };
        match text_up.as_str() {
            "" => return Err(bad("it is empty")),
            "50X1-HUM" | "25X1-HUMAN" => return Ok(Self::FiftyWithoutDate(1)),
            "50X2-WMD" => return Ok(Self::FiftyWithoutDate(2)),
            "25X1, EO 12951" | "25X1, EO12951" => return Ok(Self::Imagery),
            "OADR" | "MR" | "DNI ONLY" | "DCI ONLY" | "X1" | "X2" | "X3" | "X4" | "X5" | "X6" | "X7" | "X8" => {
                return Ok(Self::On(after(25)?));
            }
            _ => {}
        }
        if text_up.starts_with("N/A TO ") {
            return Ok(Self::NotApplicable);
        }
        if let Some(date) = date(&text_up) {
            return Ok(Self::On(date));
        }
        for (prefix, fifty) in [("50X", true), ("25X", false)] {
            let Some(rest) = text_up.strip_prefix(prefix) else {
                continue;
            };
            let (number, end) = match rest.split_once(',') {
                Some((number, end)) => (number, Some(end)),
                None => (rest, None),
            };
            let number: u8 = number
                .trim()
                .parse()
                .map_err(|_| bad("the exemption has no number from 1 to 9"))?;
            if !(1..=9).contains(&number) {
                return Err(bad("the exemption's number goes from 1 to 9"));
            }
            let end = match end {
                Some(end) => date(end).ok_or_else(|| bad("the exemption's date is not YYYYMMDD"))?,
                None => after(if fifty { 75 } else { 50 })?,
            };
            return Ok(match fifty {
                true => Self::FiftyWithDate(number, end),
                false => Self::TwentyFiveWithDate(number, end),
            });
        }
        if text_up.bytes().all(|b| b.is_ascii_digit()) {
            return Err(bad("a date has eight digits, YYYYMMDD, and must exist"));
        }
        Ok(Self::Event(text.trim().to_owned()))
    }

    /// Its place in the order of precedence: a lower one is longer (M §E.4).
    fn precedence(&self) -> (u8, std::cmp::Reverse<Option<Date>>, u8) {
        let (rank, end, number) = match self {
            Self::NotApplicable => (1, None, 0),
            Self::FiftyWithoutDate(number) => (2, None, *number),
            Self::FiftyWithDate(number, end) => (3, Some(*end), *number),
            Self::Imagery => (4, None, 0),
            Self::TwentyFiveWithDate(number, end) => (5, Some(*end), *number),
            Self::On(end) => (6, Some(*end), 0),
            Self::Event(_) => (7, None, 0),
        };
        (rank, std::cmp::Reverse(end), number)
    }

    /// The one value for a document that rests on all of these: the longest.
    pub fn longest<'d>(all: impl IntoIterator<Item = &'d Self>) -> Option<&'d Self> {
        all.into_iter().min_by_key(|value| value.precedence())
    }
}

impl std::fmt::Display for Declassify {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotApplicable => f.write_str("N/A to RD/FRD/TFNI portions. See source list for NSI portions."),
            Self::FiftyWithoutDate(1) => f.write_str("50X1-HUM"),
            Self::FiftyWithoutDate(_) => f.write_str("50X2-WMD"),
            Self::FiftyWithDate(number, end) => write!(f, "50X{number}, {}", end.strftime("%Y%m%d")),
            Self::Imagery => f.write_str("25X1, EO 12951"),
            Self::TwentyFiveWithDate(number, end) => write!(f, "25X{number}, {}", end.strftime("%Y%m%d")),
            Self::On(end) => write!(f, "{}", end.strftime("%Y%m%d")),
            Self::Event(event) => f.write_str(event),
        }
    }
}

/// Who classified a document, on what ground, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorityBlock {
    /// Name or identifier of the classifier.
    pub classified_by: String,
    /// The ground (EO 13526 §1.4 a to h) of an original classification; the sources of a derivative one.
    pub basis: Basis,
    /// When it ends.
    pub declassify_on: Declassify,
}

/// An original classification has a reason; a derivative one has sources, and no reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Letters a to h of EO 13526 §1.4.
    Reason(Vec<char>),
    /// `Derived From`: one source, or several.
    DerivedFrom(Vec<String>),
}

impl AuthorityBlock {
    /// What is wrong with the block.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.classified_by.trim().is_empty() {
            problems.push("`Classified By` is empty; name the classifier (32 CFR 2001.21(a)(1))".to_owned());
        }
        match &self.basis {
            Basis::Reason(letters) if letters.is_empty() => {
                problems.push("an original classification states its reason, EO 13526 §1.4(a) to (h)".to_owned());
            }
            Basis::Reason(letters) => problems.extend(
                letters
                    .iter()
                    .filter(|letter| !('a'..='h').contains(*letter))
                    .map(|letter| format!("`1.4({letter})` is not a reason; they go from (a) to (h)")),
            ),
            Basis::DerivedFrom(sources) if sources.is_empty() => {
                problems.push("a derivative classification names its sources (32 CFR 2001.22(c))".to_owned());
            }
            Basis::DerivedFrom(_) => {}
        }
        problems
    }
}

impl std::fmt::Display for AuthorityBlock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "Classified By: {}", self.classified_by)?;
        match &self.basis {
            Basis::Reason(letters) => {
                let list: Vec<String> = letters.iter().map(|letter| format!("1.4({letter})")).collect();
                writeln!(f, "Classification Reason: {}", list.join(", "))?;
            }
            Basis::DerivedFrom(sources) => match sources.as_slice() {
                [source] => writeln!(f, "Derived From: {source}")?,
                _ => writeln!(f, "Derived From: Multiple Sources")?,
            },
        }
        write!(f, "Declassify On: {}", self.declassify_on)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_instruction_wins() {
        let source = jiff::civil::date(2020, 1, 2);
        let longest = |texts: &[&str]| {
            let all: Vec<_> = texts
                .iter()
                .map(|text| Declassify::parse(text, source).unwrap())
                .collect();
            Declassify::longest(&all).unwrap().to_string()
        };
        assert_eq!(longest(&["20300101", "20400101"]), "20400101");
        assert_eq!(longest(&["20300101", "25X5"]), "25X5, 20700102");
        assert_eq!(longest(&["25X2, 20600101", "25X1, EO 12951"]), "25X1, EO 12951");
        assert_eq!(longest(&["50X2-WMD", "50X1-HUM"]), "50X1-HUM");
        assert_eq!(
            longest(&["50X1-HUM", "N/A to RD portions"]),
            Declassify::NotApplicable.to_string()
        );
        assert_eq!(longest(&["end of exercise", "20210101"]), "20210101");
    }

    #[test]
    fn wrong_instructions_are_refused() {
        for text in ["", "20301301", "25X0", "25X12", "25X1, soon", "2030"] {
            assert!(
                Declassify::parse(text, jiff::civil::date(2020, 1, 1)).is_err(),
                "{text:?}"
            );
        }
    }
}
