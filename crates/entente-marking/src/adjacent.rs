//! Several marks on one portion: `(S//NF) (PAP:AMBER) text`.
//!
//! Marks of *different* schemes that stand side by side at the beginning of a line are one portion: all of them hold.
//! Two of the *same* scheme are two portions run together, and a fault.
//!
//! ```
//! use entente_marking::{Marks, Schemes, SchemeId, codes, split_adjacent_marks, us::UsIc};
//! use std::sync::Arc;
//!
//! let mut schemes = Schemes::empty();
//! schemes.insert(Arc::new(UsIc::ic_2016()));
//! schemes.insert(Arc::new(codes::pap()));
//! let line = "(S//NF) (PAP:AMBER) The text.";
//! let read = split_adjacent_marks(line, &schemes, &SchemeId::new("us-ic"), None).unwrap();
//! assert_eq!(read.text(line), "The text.");
//! let marks = Marks::read(line, &read, &schemes).unwrap();
//! assert_eq!(marks.canonical(), "(S//NF) (PAP:AMBER)");
//! ```

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::finding::Finding;
use crate::label::{Label, SchemeId};
use crate::scheme::{MarkKind, Marking, Rollup, Scheme, Schemes};

/// The most marks that one portion bears; nobody uses as many schemes.
const MAX_MARKS: usize = 8;

/// One of several marks at the beginning of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdjacentMark {
    /// The rules that it is read by.
    pub scheme: SchemeId,
    /// Their variant.
    pub profile: String,
    /// Where it stands in the line, parentheses included.
    pub span: Range<usize>,
}

/// The marks at the beginning of a line, and where its text begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdjacentMarks {
    /// The marks, in their order; none where the line does not begin with one.
    pub marks: Vec<AdjacentMark>,
    /// Where the text begins.
    pub text: usize,
}

impl AdjacentMarks {
    /// The text behind the marks.
    pub fn text<'l>(&self, line: &'l str) -> &'l str {
        line.get(self.text..).unwrap_or_default()
    }
}

/// Marks that cannot be one portion's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdjacentFault {
    /// Two marks of one scheme: two portions run together.
    #[error(
        "`{first}` and `{second}` are both marks of {scheme}: begin a new line for each portion, or write one mark"
    )]
    SameScheme {
        /// The scheme.
        scheme: SchemeId,
        /// The earlier mark.
        first: String,
        /// The later mark.
        second: String,
        /// Where the later one stands.
        span: Range<usize>,
    },
    /// It looks like a mark, and no scheme here understands it.
    #[error("`{text}` looks like a mark, and no scheme here reads it: correct it, or set it apart from the marks")]
    Unknown {
        /// The text.
        text: String,
        /// Where it stands.
        span: Range<usize>,
    },
    /// More marks than any portion bears.
    #[error("more than {MAX_MARKS} marks stand side by side: a portion bears one of each scheme")]
    TooMany {
        /// Where the first one too many stands.
        span: Range<usize>,
    },
}

impl AdjacentFault {
    /// Where it stands in the line.
    pub fn span(&self) -> Range<usize> {
        match self {
            Self::SameScheme { span, .. } | Self::Unknown { span, .. } | Self::TooMany { span } => span.clone(),
        }
    }
}

/// Finds the marks at the beginning of a line. `scheme` is that of the document: it is asked first, for each mark.
/// What stands in parentheses and is no mark of any scheme begins the text, unless it looks like one.
///
/// # Errors
/// When two marks are of one scheme, or one of them looks like a mark and is not understood.
pub fn split_adjacent_marks(
    line: &str,
    schemes: &Schemes,
    scheme: &SchemeId,
    profile: Option<&str>,
) -> Result<AdjacentMarks, AdjacentFault> {
    let mut found = AdjacentMarks {
        marks: Vec::new(),
        text: 0,
    };
    let mut at = skip_space(line, 0);
    while let Some(end) = group_end(line, at) {
        let Some(text) = line.get(at..end) else { break };
        let Some(owner) = owner(text, schemes, scheme, profile) else {
            if !found.marks.is_empty() && looks_like_a_mark(text, schemes) {
                let text = text.to_owned();
                return Err(AdjacentFault::Unknown { text, span: at..end });
            }
            break;
        };
        if let Some(first) = found.marks.iter().find(|mark| mark.scheme == *owner.id()) {
            return Err(AdjacentFault::SameScheme {
                scheme: first.scheme.clone(),
                first: line.get(first.span.clone()).unwrap_or_default().to_owned(),
                second: text.to_owned(),
                span: at..end,
            });
        }
        if found.marks.len() == MAX_MARKS {
            return Err(AdjacentFault::TooMany { span: at..end });
        }
        found.marks.push(AdjacentMark {
            scheme: owner.id().clone(),
            profile: owner.profile().to_owned(),
            span: at..end,
        });
        at = skip_space(line, end);
        found.text = at;
    }
    Ok(found)
}

fn skip_space(line: &str, from: usize) -> usize {
    let rest = line.get(from..).unwrap_or_default();
    from + rest.len() - rest.trim_start_matches([' ', '\t']).len()
}

/// The end of the parenthesised group that begins at `at`. Marks hold no parentheses.
fn group_end(line: &str, at: usize) -> Option<usize> {
    let inner = line.get(at..)?.strip_prefix('(')?;
    let close = inner.find([')', '(', '\n'])?;
    inner.get(close..)?.starts_with(')').then_some(at + 1 + close + 1)
}

fn owner<'s>(
    text: &str,
    schemes: &'s Schemes,
    scheme: &SchemeId,
    profile: Option<&str>,
) -> Option<&'s Arc<dyn Scheme>> {
    let own = schemes.get(scheme, profile);
    let valid = |known: &&Arc<dyn Scheme>| known.check(text, MarkKind::Portion, None).is_valid();
    own.into_iter()
        .find(valid)
        .or_else(|| schemes.iter().filter(|known| known.id() != scheme).find(valid))
}

/// Capitals and the signs of marks only, with a sign or a word that marks have and text in parentheses has not.
fn looks_like_a_mark(text: &str, schemes: &Schemes) -> bool {
    let inner = text.trim_matches(['(', ')']);
    let capitals = !inner.is_empty() && !inner.chars().any(char::is_lowercase);
    let named = inner.split_once(':').is_some_and(|(prefix, _)| {
        schemes
            .iter()
            .any(|known| known.id().as_str().eq_ignore_ascii_case(prefix.trim()))
    });
    named || (capitals && inner.contains("//"))
}

/// The marks of one portion, one of each scheme. All of them hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks(Vec<Marking>);

impl Marks {
    /// Reads the marks that [`split_adjacent_marks`] found in the same line; `None` where one of them is not understood,
    /// so that a mark is never left out.
    pub fn read(line: &str, found: &AdjacentMarks, schemes: &Schemes) -> Option<Self> {
        let read = |mark: &AdjacentMark| {
            let scheme = schemes.get(&mark.scheme, Some(&mark.profile))?;
            scheme
                .check(line.get(mark.span.clone())?, MarkKind::Portion, None)
                .marking
        };
        found.marks.iter().map(read).collect::<Option<Vec<_>>>().map(Self)
    }

    /// Adds a mark, and says whether it did: a scheme has one mark here, a second one is not taken.
    #[must_use]
    pub fn add(&mut self, marking: Marking) -> bool {
        let new = self.0.iter().all(|known| known.scheme != marking.scheme);
        if new {
            self.0.push(marking);
        }
        new
    }

    /// The marks, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Marking> {
        self.0.iter()
    }

    /// What all of them ask for together: the stricter counts, requirement by requirement. No marks at all mean that
    /// nobody gets access.
    pub fn label(&self) -> Label {
        match self.0.is_empty() {
            true => Label::unintelligible("no mark"),
            false => self
                .0
                .iter()
                .fold(Label::unrestricted(), |label, mark| label.join(&mark.label)),
        }
    }

    /// The marks as their authorities write them, side by side.
    pub fn canonical(&self) -> String {
        let texts: Vec<&str> = self.0.iter().map(|mark| mark.canonical.as_str()).collect();
        texts.join(" ")
    }
}

/// The banners of a document whose portions bear marks of several schemes: one for each scheme, the strictest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Banners {
    /// One roll-up for each scheme that any portion bears.
    pub of: Vec<(SchemeId, Rollup)>,
}

impl Banners {
    /// Rolls up the marks of all portions, scheme by scheme. A portion without a mark of a scheme does not count for it.
    pub fn of<'m>(portions: impl IntoIterator<Item = &'m Marks>, schemes: &Schemes) -> Self {
        let mut by_scheme: BTreeMap<&SchemeId, Vec<&str>> = BTreeMap::new();
        for mark in portions.into_iter().flat_map(Marks::iter) {
            by_scheme.entry(&mark.scheme).or_default().push(&mark.canonical);
        }
        let rolled = by_scheme
            .into_iter()
            .filter_map(|(id, marks)| Some((id.clone(), schemes.get(id, None)?.rollup(&marks, None))));
        let mut of: Vec<(SchemeId, Rollup)> = rolled.collect();
        let weight = |rollup: &Rollup| rollup.banner.as_ref().map(|banner| weight(&banner.label));
        of.sort_by_key(|(id, rollup)| (std::cmp::Reverse(weight(rollup)), id.clone()));
        Self { of }
    }

    /// The banners, a line each.
    pub fn lines(&self) -> Vec<&str> {
        let texts = self.of.iter().filter_map(|(_, rollup)| rollup.banner.as_ref());
        texts.map(|banner| banner.canonical.as_str()).collect()
    }

    /// What is wrong with any of them.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.of.iter().flat_map(|(_, rollup)| &rollup.findings)
    }
}

/// How much a label asks for, to put banners in order: level, release, control, circle, then the number of categories.
fn weight(label: &Label) -> (u16, bool, crate::label::Control, crate::label::Circle, usize) {
    let level = label.levels.values().map(|level| level.rank).max().unwrap_or_default();
    let listed = label.release != crate::release::Release::Unrestricted;
    (level, listed, label.control, label.circle, label.required.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Circle, Release, codes, us::UsIc};

    fn schemes() -> Schemes {
        let mut schemes = Schemes::empty();
        schemes.insert(Arc::new(UsIc::ic_2016()));
        schemes.insert(Arc::new(codes::tlp()));
        schemes.insert(Arc::new(codes::pap()));
        schemes
    }

    fn split(line: &str) -> Result<(Vec<&str>, &str), AdjacentFault> {
        let found = split_adjacent_marks(line, &schemes(), &SchemeId::new("us-ic"), None)?;
        let marks = found.marks.iter().map(|mark| &line[mark.span.clone()]).collect();
        Ok((marks, &line[found.text..]))
    }

    #[test]
    fn marks_of_different_schemes_side_by_side_are_one_portion() {
        assert_eq!(
            split("(S//NF) (PAP:AMBER) text").unwrap(),
            (vec!["(S//NF)", "(PAP:AMBER)"], "text")
        );
        assert_eq!(
            split("  (TLP:RED)(PAP:AMBER) (S//NF)\ttext").unwrap(),
            (vec!["(TLP:RED)", "(PAP:AMBER)", "(S//NF)"], "text")
        );
        assert_eq!(
            split("(U) (see below) text").unwrap(),
            (vec!["(U)"], "(see below) text")
        );
        assert_eq!(split("(U) (NATO) text").unwrap(), (vec!["(U)"], "(NATO) text"));
        assert_eq!(split("no mark").unwrap(), (vec![], "no mark"));
        assert_eq!(split("(U").unwrap(), (vec![], "(U"));
        assert_eq!(split("").unwrap(), (vec![], ""));
    }

    #[test]
    fn a1_two_marks_of_one_scheme_are_a_fault() {
        let fault = split("(U) (PAP:AMBER) (S//NF) text").unwrap_err();
        assert!(
            matches!(&fault, AdjacentFault::SameScheme { first, second, .. } if first == "(U)" && second == "(S//NF)")
        );
        assert_eq!(fault.span(), 16..23);
        assert!(matches!(
            split("(TLP:RED) (TLP:GREEN) x"),
            Err(AdjacentFault::SameScheme { .. })
        ));
    }

    #[test]
    fn a_faulty_mark_beside_a_mark_is_not_text() {
        for line in ["(U) (S//NOFRON) text", "(S//NF) (TLP:PURPLE) text"] {
            assert!(matches!(split(line), Err(AdjacentFault::Unknown { .. })), "{line}");
        }
    }

    #[test]
    fn all_marks_of_a_portion_hold_and_each_scheme_has_its_banner() {
        let known = schemes();
        let read = |line: &str| {
            let found = split_adjacent_marks(line, &known, &SchemeId::new("us-ic"), None).unwrap();
            Marks::read(line, &found, &known).unwrap()
        };
        let (one, two) = (read("(TLP:GREEN) (S//NF) a"), read("(C//NF) (TLP:RED) (PAP:AMBER) b"));
        let label = one.label();
        assert_eq!(
            (label.circle, label.release.clone()),
            (Circle::Community, Release::to([crate::Entity::new("USA")]))
        );
        for mark in one.iter() {
            assert!(label.dominates(&mark.label));
        }
        let banners = Banners::of([&one, &two], &known);
        assert_eq!(banners.lines(), ["SECRET//NOFORN", "TLP:RED", "PAP:AMBER"]);
        assert_eq!(Marks::default().label().release, Release::nobody());
        let mut more = one;
        assert!(!more.add(two.iter().next().unwrap().clone()));
        assert!(more.add(two.iter().last().unwrap().clone()));
        assert_eq!(more.iter().count(), 3);
    }
}
