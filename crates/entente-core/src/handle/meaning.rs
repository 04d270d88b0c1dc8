//! What marks mean is decided by the reader: every mark that comes from outside is read again.

use entente_marking::{Label, MarkKind, SchemeId, Schemes};

use crate::message::Message;
use crate::plain;
use crate::report::Portion;
use crate::state::State;

/// Reads every mark of a message again: what a mark means is decided here, not by the sender. Words are shown as words.
pub(super) fn recheck(message: Message, schemes: &Schemes, state: &State) -> Message {
    let read = |scheme: &SchemeId, profile: Option<&str>, portion: &mut Portion| {
        let label = meaning(schemes, scheme, profile, &portion.mark);
        // A portion that abbreviates its banner's list was read with the banner at its author: the stricter reading holds.
        portion.label = label.join(&portion.label);
    };
    match plain::message(message) {
        Message::Delivery {
            mut report,
            delivery,
            arrangements,
            part,
        } => {
            let (scheme, profile) = (report.scheme.clone(), report.profile.clone());
            report.with_title_mut().for_each(|portion| {
                read(&scheme, Some(&profile), portion);
                portion.label = part.written(&portion.id, portion.label.clone());
            });
            Message::Delivery {
                report,
                delivery,
                arrangements,
                part,
            }
        }
        Message::Answer {
            consents,
            refusals,
            mut substitutes,
            exposures,
        } => {
            for substitute in &mut substitutes {
                // A substitute follows the rules of the report that it belongs to.
                let report = state.reports.get(&substitute.report);
                match report.and_then(|holding| holding.versions.get(&substitute.version)) {
                    Some(report) => read(&report.scheme, Some(&report.profile), &mut substitute.portion),
                    None => substitute.portion.label = Label::unintelligible(&substitute.portion.mark),
                }
            }
            Message::Answer {
                consents,
                refusals,
                substitutes,
                exposures,
            }
        }
        other => other,
    }
}

/// What a mark means in a variant of a scheme.
pub(crate) fn label_of(schemes: &Schemes, scheme: &SchemeId, profile: &str, mark: &str) -> Label {
    meaning(schemes, scheme, Some(profile), mark)
}

/// What marks side by side mean together: all of them hold. One of the report's own scheme has to be among them; none is
/// left out for not being understood.
pub fn meaning(schemes: &Schemes, scheme: &SchemeId, profile: Option<&str>, marks: &str) -> Label {
    let unintelligible = || Label::unintelligible(marks);
    let Some(own) = schemes.get(scheme, profile) else {
        return unintelligible();
    };
    let mut all = Label::unrestricted();
    let mut seen = Vec::new();
    for mark in side_by_side(marks) {
        let others = schemes.iter().filter(|other| other.id() != scheme);
        let mut known = std::iter::once(own).chain(others);
        let read = known.find_map(|known| Some((known.id(), known.check(mark, MarkKind::Portion, None).marking?)));
        match read {
            Some((id, marking)) if !seen.contains(&id) => {
                seen.push(id);
                all = all.join(&marking.label);
            }
            _ => return unintelligible(),
        }
    }
    if seen.contains(&scheme) { all } else { unintelligible() }
}

/// The single marks of `(S//NF) (PAP:AMBER)`.
///
/// ```
/// let marks: Vec<&str> = entente_core::handle::side_by_side("(S//NF) (PAP:AMBER)").collect();
/// assert_eq!(marks, ["(S//NF)", "(PAP:AMBER)"]);
/// ```
pub fn side_by_side(marks: &str) -> impl Iterator<Item = &str> {
    let mut rest = marks.trim();
    std::iter::from_fn(move || {
        let end = rest.find(") (").map_or(rest.len(), |at| at + 1);
        let (mark, after) = rest.split_at_checked(end)?;
        rest = after.trim_start();
        (!mark.is_empty()).then_some(mark)
    })
}
