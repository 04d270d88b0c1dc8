//! What there is to do: one list to start the day with, for whoever asks.
//!
//! The list names things, never what stands in them, and only what the asker may know that there is.

mod held;
mod permissions;

use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::open_for;
use entente_core::incident::portion_names;
use entente_core::{Context, PersonId, PortionId, Reading, ReportId, State};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// What ends within this many days is told.
const SOON_DAYS: i64 = 7;

/// What kind of thing is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A recall that this party has to follow.
    RecallToFollow,
    /// A stage of a case.
    Clock,
    /// An incident that another party told of.
    IncidentToAcknowledge,
    /// A request of a partner.
    RequestToAnswer,
    /// A release, consent or delivery that waits for a second person.
    SecondPerson,
    /// A holder would rather have other terms.
    CounterOffer,
    /// A holder said that a person is not any more who they were.
    PersonChanged,
    /// A consent that does not open any more what it was given for.
    Misfit,
    /// An answer that came, whose conditions nobody accepted yet.
    AnswerCame,
    /// A request that nobody answered, and that was needed by now.
    Overdue,
    /// A consent that ends soon.
    ConsentEnds,
    /// A consent or release that begins soon, or an embargo that ends soon.
    EmbargoEnds,
    /// A partner says that text under an embargo of this party's is out.
    EmbargoBroken,
    /// A recall that a holder did not confirm.
    RecallUnconfirmed,
    /// A briefing that cannot be held as it was prepared.
    VoidPaper,
    /// Facts whose text has changed.
    StaleFacts,
    /// Terms that a partner stated and nobody recorded.
    TermsStated,
    /// A partner that never confirmed what it was sent.
    Silent,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 18] = [
        Self::RecallToFollow,
        Self::Clock,
        Self::IncidentToAcknowledge,
        Self::RequestToAnswer,
        Self::SecondPerson,
        Self::CounterOffer,
        Self::PersonChanged,
        Self::Misfit,
        Self::AnswerCame,
        Self::Overdue,
        Self::ConsentEnds,
        Self::EmbargoEnds,
        Self::EmbargoBroken,
        Self::RecallUnconfirmed,
        Self::VoidPaper,
        Self::StaleFacts,
        Self::TermsStated,
        Self::Silent,
    ];

    /// Its name in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::RecallToFollow => "recall-to-follow",
            Self::Clock => "clock",
            Self::IncidentToAcknowledge => "incident-to-acknowledge",
            Self::RequestToAnswer => "request-to-answer",
            Self::SecondPerson => "second-person",
            Self::CounterOffer => "counter-offer",
            Self::PersonChanged => "person-changed",
            Self::Misfit => "misfit",
            Self::AnswerCame => "answer-came",
            Self::Overdue => "overdue",
            Self::ConsentEnds => "consent-ends",
            Self::EmbargoEnds => "embargo-ends",
            Self::EmbargoBroken => "embargo-broken",
            Self::RecallUnconfirmed => "recall-unconfirmed",
            Self::VoidPaper => "void-paper",
            Self::StaleFacts => "stale-facts",
            Self::TermsStated => "terms-stated",
            Self::Silent => "silent",
        }
    }
}

impl Kind {
    /// In a word or two.
    pub fn title(self) -> &'static str {
        match self {
            Self::RecallToFollow => "recall to follow",
            Self::Clock => "case",
            Self::IncidentToAcknowledge => "incident told",
            Self::RequestToAnswer => "request to answer",
            Self::SecondPerson => "second person",
            Self::CounterOffer => "counter-offer",
            Self::PersonChanged => "person changed",
            Self::Misfit => "consent does not fit",
            Self::AnswerCame => "answer came",
            Self::Overdue => "no answer yet",
            Self::ConsentEnds => "consent ends",
            Self::EmbargoEnds => "embargo ends",
            Self::EmbargoBroken => "embargo broken",
            Self::RecallUnconfirmed => "recall unconfirmed",
            Self::VoidPaper => "void paper",
            Self::StaleFacts => "stale facts",
            Self::TermsStated => "terms stated",
            Self::Silent => "no receipt",
        }
    }
}

impl Kind {
    /// What it takes to do it, as the table of roles calls it.
    pub fn act(self) -> &'static str {
        match self {
            Self::RecallToFollow | Self::RecallUnconfirmed => "recall",
            Self::EmbargoBroken => "release",
            Self::Clock => "see-cases",
            Self::IncidentToAcknowledge => "incident",
            Self::RequestToAnswer => "grant",
            Self::SecondPerson => "second-release",
            Self::CounterOffer | Self::PersonChanged | Self::ConsentEnds | Self::EmbargoEnds => "change-consent",
            Self::Misfit | Self::AnswerCame => "say-of-consent",
            Self::Overdue => "open-request",
            Self::VoidPaper => "brief",
            Self::StaleFacts => "set-facts",
            Self::TermsStated => "set-arrangement",
            Self::Silent => "see-partners",
        }
    }
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What kind of thing.
    pub kind: Kind,
    /// What it is about: a request, a consent, a case, a report.
    pub about: String,
    /// In a sentence.
    pub say: String,
    /// By when, where there is a moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Whether that is over.
    pub late: bool,
    /// The command that does it.
    pub next: String,
}

/// The list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Todo {
    /// Who asks; none where it is this party as such.
    pub person: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    /// What is late first, then what is due first, then the rest by kind.
    pub items: Vec<Item>,
}

/// Who asks for the list, with what is needed to know what they may know.
struct Asker<'s, 'c> {
    state: &'s State,
    person: Option<&'s PersonId>,
    context: &'c Context<'c>,
    items: Vec<Item>,
}

/// What there is to do for a person of this party, or for the party as such; `None` where the person is nobody here.
pub fn todo(state: &State, person: Option<&PersonId>, context: &Context<'_>) -> Option<Todo> {
    let home = state.home.as_ref()?;
    if let Some(person) = person {
        let known = state.persons.get(person)?;
        if known.disabled || !home.includes(&known.party) {
            return None;
        }
    }
    let mut asker = Asker {
        state,
        person,
        context,
        items: Vec::new(),
    };
    asker.requests(home);
    asker.second_persons();
    asker.consents(home);
    asker.embargoes(home);
    asker.recalls(home);
    asker.cases();
    asker.papers();
    asker.stale();
    asker.terms();
    asker.silent(home);
    let mut items = asker.items;
    items.sort_by(|a, b| {
        let key = |item: &Item| (!item.late, item.due.is_none(), item.due, item.kind, item.about.clone());
        key(a).cmp(&key(b))
    });
    Some(Todo {
        person: person.cloned(),
        at: context.now,
        items,
    })
}

impl Asker<'_, '_> {
    /// Whether the asker may know that there is such a report.
    fn may_know_of(&self, report: &ReportId) -> bool {
        let Some(person) = self.person else { return true };
        let held = self.state.reports.get(report).and_then(|held| held.latest());
        if !held.is_some_and(|latest| latest.existence_protected) {
            return true;
        }
        let guards = (self.context.policy, self.context.exposure);
        let mut reading = Reading::new(self.state, self.context.groups, guards, person, None, self.context.now);
        reading.of(report, None).is_ok()
    }

    /// Those of a report's portions that the asker may know, for whatever purpose.
    fn may_know<'p>(&self, report: &ReportId, portions: impl IntoIterator<Item = &'p PortionId>) -> Vec<&'p PortionId> {
        let portions = portions.into_iter();
        let Some(person) = self.person else {
            return portions.collect();
        };
        let guards = (self.context.policy, self.context.exposure);
        let open = open_for(
            self.state,
            self.context.groups,
            guards,
            person,
            report,
            self.context.now,
        );
        let open: BTreeSet<PortionId> = open.into_iter().flat_map(BTreeMap::into_values).flatten().collect();
        portions.filter(|portion| open.contains(*portion)).collect()
    }

    /// Portions of a report by name, as far as the asker may know them.
    fn named<'p>(&self, report: &ReportId, portions: impl IntoIterator<Item = &'p PortionId>) -> String {
        match self.may_know(report, portions) {
            known if known.is_empty() => format!("text of {report} that is not for you"),
            known => format!("{} of {report}", portion_names(known)),
        }
    }

    fn add(&mut self, kind: Kind, about: &impl ToString, say: String, due: Option<Timestamp>, next: String) {
        self.items.push(Item {
            kind,
            about: about.to_string(),
            say,
            due,
            late: due.is_some_and(|due| due < self.context.now),
            next,
        });
    }

    fn soon(&self, moment: Timestamp) -> bool {
        moment > self.context.now
            && moment.duration_since(self.context.now) <= SignedDuration::from_hours(24 * SOON_DAYS)
    }
}
