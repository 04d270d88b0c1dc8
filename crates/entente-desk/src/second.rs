//! What waits for the yes of a second person: the list, and what would follow from each.

use entente_core::handle::consequence;
use entente_core::{Answered, ArrangementId, Event, Pending, PendingId, PersonId, Proposed, ReportId, State, unseen};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;

use crate::consequences::{Consequences, Side, consequences};
use crate::moment::Moment;
use crate::view::View;

/// How it stands with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stand {
    /// It waits.
    Waits,
    /// A second person said yes, and it was carried out.
    Approved,
    /// Somebody said no.
    Declined,
    /// Nobody answered within the time that there is.
    Expired,
}

impl Stand {
    fn of(pending: &Pending, at: Timestamp) -> Self {
        match &pending.answered {
            Some(Answered { yes: true, .. }) => Self::Approved,
            Some(Answered { yes: false, .. }) => Self::Declined,
            None if pending.waits(at) => Self::Waits,
            None => Self::Expired,
        }
    }

    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waits => "waits",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Expired => "expired",
        }
    }
}

/// One of the list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row<'s> {
    /// Its id.
    pub id: &'s PendingId,
    /// What it is, in a few words.
    pub say: String,
    /// The report that it is about.
    pub report: &'s ReportId,
    /// Its version.
    #[serde(skip)]
    pub version: u32,
    /// Who gave it.
    pub by: &'s PersonId,
    /// When.
    pub at: Timestamp,
    /// Until when a yes counts.
    pub ends: Timestamp,
    /// The arrangements that ask for a second person.
    pub under: &'s BTreeSet<ArrangementId>,
    /// How it stands with it.
    pub stand: Stand,
    /// The answer, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<&'s Answered>,
}

/// One of them, with what would follow from a yes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shown<'s> {
    /// As the list has it.
    #[serde(flatten)]
    pub row: Row<'s>,
    /// What was given, in full.
    pub what: &'s Proposed,
    /// What a yes confirms; none where nothing would follow.
    pub digest: Option<String>,
    /// Why nothing would follow from a yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// What would open and close, and for whom.
    #[serde(flatten)]
    pub changes: Consequences,
    /// What would leave: the kind of message, and for whom.
    pub leaving: Vec<(&'static str, String)>,
    /// What a yes would do, for whoever shows what each receiver would see; none where nothing would follow.
    #[serde(skip)]
    pub would: Option<Box<Would>>,
}

/// What a yes would do.
#[derive(Clone, Debug, PartialEq)]
pub struct Would {
    /// What would happen.
    pub events: Vec<Event>,
    /// What would be true then.
    pub after: State,
}

fn row<'s>(pending: &'s Pending, at: Timestamp) -> Row<'s> {
    Row {
        id: &pending.id,
        say: pending.what.say(),
        report: &pending.report,
        version: pending.version,
        by: &pending.by,
        at: pending.at,
        ends: pending.ends(),
        under: &pending.under,
        stand: Stand::of(pending, at),
        answered: pending.answered.as_ref(),
    }
}

fn may_know(moment: &Moment<'_>, view: &View<'_>, pending: &Pending) -> bool {
    let context = moment.context(view.at);
    view.reader()
        .is_none_or(|person| !unseen::is_hidden(moment.state(), person, &pending.report, &context))
}

/// What waits and what was answered, the newest first.
pub fn list<'s>(moment: &Moment<'s>, view: &View<'_>) -> Vec<Row<'s>> {
    let all = moment.state().pending.values();
    let known = all.filter(|pending| may_know(moment, view, pending));
    let mut rows: Vec<Row<'s>> = known.map(|pending| row(pending, view.at)).collect();
    rows.sort_by_key(|row| (row.stand != Stand::Waits, std::cmp::Reverse(row.at)));
    rows
}

/// One of them, with what would follow from a yes; `None` where there is none for whoever asks.
pub fn shown<'s>(moment: &Moment<'s>, id: &PendingId, view: &View<'_>) -> Option<Shown<'s>> {
    let state = moment.state();
    let pending = state
        .pending
        .get(id)
        .filter(|pending| may_know(moment, view, pending))?;
    let mut shown = Shown {
        row: row(pending, view.at),
        what: &pending.what,
        digest: None,
        refused: None,
        changes: Consequences::default(),
        leaving: Vec::new(),
        would: None,
    };
    if !pending.waits(view.at) {
        return Some(shown);
    }
    match consequence(state, pending, &moment.context(view.at)) {
        Err(refusal) => shown.refused = Some(refusal.to_string()),
        Ok(found) => {
            let mut after = state.clone();
            for event in &found.decided.events {
                after.apply(event);
            }
            let groups = &moment.library().groups;
            let policy = moment.guards().0;
            let side = |state| Side { state, groups, policy };
            shown.changes = consequences(side(state), side(&after), &found.decided.events, view.at);
            shown.leaving = found.leaving();
            shown.digest = Some(found.digest);
            let events = found.decided.events;
            shown.would = Some(Box::new(Would { events, after }));
        }
    }
    Some(shown)
}
