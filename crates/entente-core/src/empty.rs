//! Empty audiences: portions that nobody could read, found before they are published.
//!
//! Commingling can leave nobody: each originator's list is fine by itself, and the lists share no party. ODNI calls the
//! result an unreadable document (ISM-Rollup DES 2.3); here it is reported with whom to ask.

use std::collections::{BTreeMap, BTreeSet};

use entente_marking::{Control, Entity, Groups, Release};
use serde::Serialize;

use crate::arrangement::Onward;
use crate::ids::{PartyPath, PortionId};
use crate::report::{Origin, Portion, Report};
use crate::state::State;

/// A portion that nobody could read, and who could change that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EmptyAudience {
    /// The portion.
    pub portion: PortionId,
    /// Why nobody is left.
    pub reason: String,
    /// Each originator with the parties that its consent would open the portion to.
    pub ask: BTreeMap<PartyPath, BTreeSet<PartyPath>>,
}

/// The portions of a report that nobody could read.
///
/// ```
/// # use entente_core::{State, empty_audiences};
/// # use entente_marking::Groups;
/// # fn check(state: &State, report: &entente_core::Report) {
/// for empty in empty_audiences(state, report, &Groups::default()) {
///     println!("portion {}: {}", empty.portion, empty.reason);
/// }
/// # }
/// ```
pub fn empty_audiences(state: &State, report: &Report, groups: &Groups) -> Vec<EmptyAudience> {
    report
        .portions
        .iter()
        .filter_map(|portion| empty(state, portion, groups))
        .collect()
}

fn empty(state: &State, portion: &Portion, groups: &Groups) -> Option<EmptyAudience> {
    if let Release::Only(list) = &portion.label.release {
        let admits = |entity: &Entity| groups.get(entity).is_none_or(|group| !group.members.is_empty());
        if !list.display.iter().any(admits) {
            let all = portion
                .lineage
                .originators()
                .map(|party| (party.clone(), BTreeSet::new()));
            return Some(EmptyAudience {
                portion: portion.id.clone(),
                reason: format!("the release list of {} admits nobody", portion.mark),
                ask: all.collect(),
            });
        }
    }
    let held: Vec<(&PartyPath, BTreeSet<PartyPath>)> = portion
        .lineage
        .iter()
        .filter(|(_, origin)| controls(state, portion, origin))
        .map(|(party, origin)| (party, origin.recipients.iter().chain([party]).cloned().collect()))
        .collect();
    let mut lists = held.iter().map(|(_, list)| list);
    let first = lists.next()?.clone();
    if !lists.fold(first, |left, list| common(&left, list)).is_empty() {
        return None;
    }
    let others = |party: &PartyPath| -> BTreeSet<PartyPath> {
        held.iter()
            .filter(|(other, _)| *other != party)
            .flat_map(|(_, list)| list.clone())
            .collect()
    };
    let names: Vec<&str> = held.iter().map(|(party, _)| party.as_str()).collect();
    Some(EmptyAudience {
        portion: portion.id.clone(),
        reason: format!("the recipients of {} have no party in common", names.join(" and ")),
        ask: held
            .iter()
            .map(|(party, _)| ((*party).clone(), others(party)))
            .collect(),
    })
}

/// Whether an originator leaves its share to its own recipients only.
fn controls(state: &State, portion: &Portion, origin: &Origin) -> bool {
    let by_terms = origin
        .arrangements
        .iter()
        .filter_map(|id| state.arrangements.get(id))
        .any(|arrangement| arrangement.onward == Onward::Consent);
    portion.label.control == Control::Originator || (by_terms && !portion.tear_line)
}

/// The parties that both lists cover: the narrower path of each pair in which one includes the other.
fn common(a: &BTreeSet<PartyPath>, b: &BTreeSet<PartyPath>) -> BTreeSet<PartyPath> {
    let narrower = |of: &BTreeSet<PartyPath>, than: &BTreeSet<PartyPath>| -> Vec<PartyPath> {
        of.iter()
            .filter(|party| than.iter().any(|wider| wider.includes(party)))
            .cloned()
            .collect()
    };
    narrower(a, b).into_iter().chain(narrower(b, a)).collect()
}

#[cfg(test)]
mod tests {
    use entente_marking::{Label, Releasees, SchemeId};

    use super::*;
    use crate::ids::ReportId;
    use crate::report::Lineage;

    fn party(text: &str) -> PartyPath {
        PartyPath::new(text).unwrap()
    }

    /// A portion of two originators with these recipients; who has to be asked to open it.
    fn check(control: Control, one: &[&str], two: &[&str]) -> Option<Vec<(String, usize)>> {
        let origin = |list: &[&str]| Origin {
            recipients: list.iter().map(|text| party(text)).collect(),
            ..Origin::default()
        };
        let lineage = Lineage::of(party("A"), origin(one)).combine(&Lineage::of(party("B"), origin(two)));
        let report = Report {
            id: ReportId::new("R").unwrap(),
            version: 1,
            title: String::new().into(),
            originator: party("C"),
            scheme: SchemeId::new("us-ic"),
            profile: String::new(),
            created: jiff::Timestamp::UNIX_EPOCH,
            expires: None,
            existence_protected: false,
            portions: vec![Portion {
                id: PortionId::new("p1").unwrap(),
                mark: "(S//OC)".to_owned(),
                label: Label {
                    control,
                    ..Label::unrestricted()
                },
                text: String::new(),
                lineage,
                tear_line: false,
            }],
        };
        let found = empty_audiences(&State::default(), &report, &Groups::default());
        let first = found.into_iter().next()?;
        Some(
            first
                .ask
                .iter()
                .map(|(party, list)| (party.to_string(), list.len()))
                .collect(),
        )
    }

    #[test]
    fn lists_that_share_nobody_are_found_with_whom_to_ask() {
        let both = Some(vec![("A".to_owned(), 2), ("B".to_owned(), 2)]);
        assert_eq!(check(Control::Originator, &["C"], &["D"]), both);
        assert_eq!(check(Control::Originator, &["C", "D"], &["D"]), None);
        assert_eq!(
            check(Control::Originator, &["C"], &["C.SUB"]),
            None,
            "a path includes all below it"
        );
        assert_eq!(
            check(Control::Originator, &["B"], &[]),
            None,
            "an originator reads its own"
        );
        assert_eq!(check(Control::None, &["C"], &["D"]), None, "nobody controls it");
    }

    #[test]
    fn a_release_list_of_nobody_is_found() {
        let mut report_label = Label::unrestricted();
        report_label.release = Release::Only(Releasees::default());
        let portion = Portion {
            id: PortionId::new("p1").unwrap(),
            mark: "(X)".to_owned(),
            label: report_label,
            text: String::new(),
            lineage: Lineage::of(party("A"), Origin::default()),
            tear_line: false,
        };
        let found = empty(&State::default(), &portion, &Groups::default()).unwrap();
        assert_eq!(found.reason, "the release list of (X) admits nobody");
    }
}
