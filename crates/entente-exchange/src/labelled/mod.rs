//! Files with a label of STANAG 4774, bound to them by STANAG 4778: in a file beside them (`FILE.bdo`), in XML itself, or in the XMP
//! packet of a PDF.
//!
//! A label holds for all of what it is bound to, besides the marks that stand in the text. What is bound by a digest is
//! refused where it is other data; a label in a policy that nobody here knows closes the text.

mod pdf;
mod reading;
mod xml;

use std::sync::Arc;

use entente_core::handle::side_by_side;
use entente_marking::spif::{CategoryType, SecurityLabel};
use entente_marking::stanag::{LabelKind, NoMark, Written, label_of, mark_of};
use entente_marking::{Label, Marking, Scheme, Schemes};
use jiff::Timestamp;

use crate::marks::{Asks, read as read_mark};
use crate::outgoing::Outgoing;

pub use entente_marking::stanag::{SIDECAR, write_sidecar};
pub use pdf::{NotLabelled, into_pdf};
pub use reading::{Found, labels, read};
pub use xml::write as write_xml;

/// What labels ask for: their marks, and what is not understood.
fn asks(labels: &[&Written], schemes: &Schemes) -> Asks {
    let mut asks = Asks::default();
    let of = |kind: LabelKind| labels.iter().filter(move |written| written.kind == kind);
    let mut unread = Vec::new();
    for written in of(LabelKind::Originator) {
        let successor = written.label.succession.iter().map(|next| &next.label);
        for label in std::iter::once(&written.label).chain(successor) {
            match mark(label, schemes) {
                Ok(mark) => asks.mark(&mark),
                Err(why) => unread.push(why),
            }
        }
    }
    // The originator's label in the terms of another policy stands in where nobody here knows its own.
    if !unread.is_empty() || asks.is_empty() {
        let known: Vec<String> = of(LabelKind::Alternative)
            .filter_map(|written| mark(&written.label, schemes).ok())
            .collect();
        let none = known.is_empty();
        known.iter().for_each(|known| asks.mark(known));
        if none {
            unread.iter().for_each(|why| asks.close(why));
        }
    }
    if asks.is_empty() && !labels.is_empty() {
        asks.close("a label in a policy that is not known here");
    }
    asks
}

/// The mark of a label, where whoever reads that mark reads no less than the label asks for.
fn mark(label: &SecurityLabel, schemes: &Schemes) -> Result<String, String> {
    let marking = mark_of(label, schemes).map_err(|error| match error {
        NoMark::Policy { name, id } => format!("policy {name} {}", id.unwrap_or_default()),
        error @ NoMark::Invalid(_) => error.to_string(),
    })?;
    let read = read_mark(&marking.canonical, schemes);
    let same = |read: &Marking| {
        read.scheme == marking.scheme && (read.label == marking.label || has_no_policy_of_its_own(&marking, schemes))
    };
    match read.filter(same) {
        Some(read) => Ok(read.canonical),
        None => Err(format!("{} of the policy {}", marking.canonical, label.policy.name)),
    }
}

/// Whether the marks of a scheme are read by rules beside its policy, as those of TLP are: the policy is for exchange.
fn has_no_policy_of_its_own(marking: &Marking, schemes: &Schemes) -> bool {
    let first: Option<&Arc<dyn Scheme>> = schemes.get(&marking.scheme, None);
    first.is_some_and(|scheme| scheme.policy().is_none())
}

/// The labels for all of what goes of a report: of each scheme the strictest, or all where none of them is.
pub fn of_report(going: &Outgoing, schemes: &Schemes, at: Timestamp) -> Vec<SecurityLabel> {
    let marks = going.portions.iter().map(|portion| portion.mark.as_str());
    of_marks(marks.chain(going.title_marks.iter().map(String::as_str)), schemes, at)
}

/// The labels of marks.
fn of_marks<'m>(marks: impl Iterator<Item = &'m str>, schemes: &Schemes, at: Timestamp) -> Vec<SecurityLabel> {
    let mut kept: Vec<(String, String, Label)> = Vec::new();
    for mark in marks.flat_map(side_by_side) {
        let read = read_mark(mark, schemes);
        let (scheme, text, label) = match read {
            Some(read) => (read.scheme.to_string(), read.canonical, read.label),
            None => (String::new(), mark.to_owned(), Label::unintelligible(mark)),
        };
        let covers = |kept: &(String, String, Label), label: &Label| kept.2.at_least_as_strict_as(label);
        if kept.iter().any(|known| known.0 == scheme && covers(known, &label)) {
            continue;
        }
        kept.retain(|known| known.0 != scheme || !label.at_least_as_strict_as(&known.2));
        kept.push((scheme, text, label));
    }
    let label = |(_, mark, _): (String, String, Label)| SecurityLabel {
        created: Some(at),
        ..label_of(&mark, schemes).unwrap_or_else(|| unread(&mark))
    };
    kept.into_iter().map(label).collect()
}

/// The label of what nobody here understands: in a policy that there is not, so that nobody opens it.
fn unread(mark: &str) -> SecurityLabel {
    SecurityLabel::new("UNREAD", "MARKED").with("Portion Mark", CategoryType::Restrictive, mark)
}
