//! A paper as somebody else will hold it: exactly what they will see, and what of it they will not.

use std::collections::BTreeSet;

use entente_core::{PortionId, ReportId};
use entente_desk::marks::banner_in;
use entente_desk::release::{DeliveredTo, ReleasedTo, Seen, StaysClosed};

use super::answer::Desk;
use super::frame::Banner;
use super::mark::{Mark, banner_over};

/// A portion on the paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) id: String,
    pub(super) mark: Mark,
    pub(super) text: String,
}

/// A portion that is not on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) id: String,
    pub(super) mark: Mark,
    pub(super) why: String,
}

/// The paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sheet {
    /// A name for links and labels, of letters and digits.
    pub(super) anchor: String,
    pub(super) whom: String,
    pub(super) banner: Option<Banner>,
    pub(super) title: Option<String>,
    pub(super) lines: Vec<Line>,
    pub(super) left: Vec<Left>,
    pub(super) conditions: Vec<String>,
    /// How far it can go from there.
    pub(super) onward: Vec<String>,
}

/// What stands on a paper and what does not, before whoever looks is asked what they may know of it.
type Parts = (Vec<Seen>, Vec<StaysClosed>);

impl Sheet {
    /// A paper of which whoever looks may know these portions themselves: no other stands on it.
    fn of(
        desk: &Desk,
        (report, version): (&ReportId, u32),
        known: &BTreeSet<PortionId>,
        whom: String,
        (sees, left): Parts,
    ) -> Self {
        let sees: Vec<Seen> = sees.into_iter().filter(|seen| known.contains(&seen.portion)).collect();
        let left = left.into_iter().filter(|left| known.contains(&left.portion));
        let held = desk.state().reports.get(report);
        let held = held.and_then(|held| held.version(Some(version)));
        let banner = held.and_then(|report| {
            banner_in(
                desk.pinned.library(),
                report,
                sees.iter().map(|seen| seen.mark.as_str()),
            )
        });
        Self {
            anchor: whom
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
                .collect(),
            banner: banner_over(banner.as_deref().into_iter()),
            whom,
            title: None,
            lines: sees
                .into_iter()
                .map(|seen| Line {
                    id: seen.portion.to_string(),
                    mark: Mark::of(&seen.mark),
                    text: seen.text,
                })
                .collect(),
            left: left
                .map(|left| Left {
                    id: left.portion.to_string(),
                    mark: Mark::of(&left.mark),
                    why: left
                        .why
                        .into_iter()
                        .next()
                        .unwrap_or_else(|| desk.tongue.say("sheet-not-chosen").into_owned()),
                })
                .collect(),
            conditions: Vec::new(),
            onward: Vec::new(),
        }
    }

    /// What a release shows one receiver.
    pub(super) fn released(desk: &Desk, at: (&ReportId, u32), known: &BTreeSet<PortionId>, to: ReleasedTo) -> Self {
        let whom = match to.persons.is_empty() {
            true => to.party.to_string(),
            false => to
                .persons
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", "),
        };
        Self {
            conditions: to.conditions,
            ..Self::of(desk, at, known, whom, (to.sees, to.stays_closed))
        }
    }

    /// What a delivery brings one receiver; its title where whoever looks may know that too.
    pub(super) fn delivered(desk: &Desk, known: &BTreeSet<PortionId>, titled: bool, to: DeliveredTo) -> Self {
        let at = (&to.report, to.version);
        Self {
            title: to.title.filter(|_| titled),
            ..Self::of(desk, at, known, to.party.to_string(), (to.sees, to.stays_closed))
        }
    }
}
