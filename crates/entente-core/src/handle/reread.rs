//! How a corrected marking engine reaches what is stored: every held mark is read again, and what differs is recorded.
//!
//! What a mark asks for was worked out when its text came in, and stands in the events. A later program may read the same mark
//! otherwise. Then what is stricter now holds as well as what held before: nothing opens because a program was replaced. Only a mark
//! that was not understood at all, so that nobody could read the text, is taken for what it says now. What is read less strictly now
//! is shown and stays as it was; its author takes it up with a new version.

use std::collections::BTreeMap;

use entente_marking::{Label, Schemes};
use serde::Serialize;

use super::{Context, Decided, Refusal, label_of};
use crate::event::Event;
use crate::ids::{PortionRef, ReportId};
use crate::installed::MarkRead;
use crate::report::{Portion, Report};
use crate::state::State;

/// How a mark is read by now, against what is stored of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadNow {
    /// It asks for more: that holds from now on.
    Stricter,
    /// It was not understood, and is now.
    Understood,
    /// It asks for less: what is stored stays.
    LessStrict,
}

impl std::fmt::Display for ReadNow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Stricter => "read more strictly",
            Self::Understood => "understood now",
            Self::LessStrict => "read less strictly; it stays as it was, until there is a new version",
        })
    }
}

/// A portion whose mark is read otherwise by now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reread {
    /// The portion.
    pub portion: PortionRef,
    /// Its mark.
    pub mark: String,
    /// How it is read now.
    pub now: ReadNow,
    /// What holds from now on.
    #[serde(skip)]
    pub label: Label,
}

/// Every portion held here whose mark this program reads otherwise than it is stored.
pub fn reread(state: &State, schemes: &Schemes) -> Vec<Reread> {
    let versions = state.reports.values().flat_map(|holding| holding.versions.values());
    versions.flat_map(|report| reread_of(report, schemes)).collect()
}

fn reread_of<'s>(report: &'s Report, schemes: &'s Schemes) -> impl Iterator<Item = Reread> + 's {
    report.with_title().filter_map(move |portion| {
        let read = label_of(schemes, &report.scheme, &report.profile, &portion.mark);
        let (now, label) = compared(portion, read)?;
        Some(Reread {
            portion: report.reference(&portion.id),
            mark: portion.mark.clone(),
            now,
            label,
        })
    })
}

/// How a portion is read now, and what holds from now on; `None` where nothing differs.
fn compared(portion: &Portion, read: Label) -> Option<(ReadNow, Label)> {
    let stored = &portion.label;
    if *stored == read {
        None
    } else if !stored.unknown.is_empty() && read.unknown.is_empty() {
        Some((ReadNow::Understood, read))
    } else if !stored.dominates(&read) {
        Some((ReadNow::Stricter, stored.join(&read)))
    } else {
        Some((ReadNow::LessStrict, stored.clone()))
    }
}

/// Records what is read more strictly, or understood, by now.
pub(super) fn record(state: &State, context: &Context<'_>) -> Result<Decided, Refusal> {
    let mut by_version: BTreeMap<(ReportId, u32), Vec<MarkRead>> = BTreeMap::new();
    for found in reread(state, context.schemes) {
        if found.now != ReadNow::LessStrict {
            let key = (found.portion.report, found.portion.version);
            by_version.entry(key).or_default().push(MarkRead {
                portion: found.portion.portion,
                label: found.label,
            });
        }
    }
    if by_version.is_empty() {
        return Err(Refusal::Invalid(
            "nothing to record: no mark is read more strictly than it is stored".to_owned(),
        ));
    }
    let events = by_version
        .into_iter()
        .map(|((report, version), marks)| Event::MarksRead { report, version, marks });
    Ok(Decided::events(events.collect::<Vec<_>>()))
}
