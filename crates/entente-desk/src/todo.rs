//! What there is to do: one list to start the day with, for whoever asks.
//!
//! The list names things, never what stands in them, and only what the asker may know that there is.

use std::collections::BTreeSet;

use entente_core::handle::standing;
use entente_core::incident::portion_names;
use entente_core::{Context, Named, PartyPath, PersonId, Progress, Reading, ReportId, RequestCase, RequestId, State};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::life::{Misfit, misfits};

/// What ends within this many days is told.
const SOON_DAYS: i64 = 7;
/// A holder that has confirmed nothing for this many days is silent.
const SILENT_DAYS: i64 = 7;

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

    fn requests(&mut self, home: &PartyPath) {
        let open = self.state.requests.iter().filter(|(_, case)| case.is_open());
        let cases: Vec<(&Named<RequestId>, &RequestCase)> = open.collect();
        for (named, case) in cases {
            let request = &case.request;
            if !self.may_know_of(&request.report) {
                continue;
            }
            let called = named.shortest(&self.state.requests);
            let about = portion_names(case.open_portions());
            if request.to.includes(home) {
                self.add(
                    Kind::RequestToAnswer,
                    &called,
                    format!("{} asks about {about} of {}", request.from, request.report),
                    request.needed_by,
                    format!("entente consent grant {called}"),
                );
            } else if request.needed_by.is_some_and(|by| by < self.context.now) {
                self.add(
                    Kind::Overdue,
                    &called,
                    format!("{} has not answered about {about} of {}", request.to, request.report),
                    request.needed_by,
                    format!("entente request retract {called}"),
                );
            }
        }
    }

    /// What waits for a second person: not for the one who gave it.
    fn second_persons(&mut self) {
        let now = self.context.now;
        for pending in self.state.pending.values().filter(|pending| pending.waits(now)) {
            if self.person == Some(&pending.by) || !self.may_know_of(&pending.report) {
                continue;
            }
            self.add(
                Kind::SecondPerson,
                &pending.id,
                format!("{} of {} waits for a second person", pending.what.say(), pending.by),
                Some(pending.ends()),
                format!("entente pending show {}", pending.id),
            );
        }
    }

    fn consents(&mut self, home: &PartyPath) {
        let now = self.context.now;
        let all = self
            .state
            .consents
            .iter()
            .filter(|(_, consent)| consent.life.part_of.is_none());
        for (named, consent) in
            all.filter(|(_, consent)| consent.withdrawn.is_none() && consent.ends.is_none_or(|end| now < end))
        {
            if !self.may_know_of(&consent.report) {
                continue;
            }
            let ours = consent.originator.includes(home);
            let id = &consent.id;
            let called = || named.shortest(&self.state.consents);
            let other = if ours { &consent.to } else { &consent.originator };
            let renewed = self
                .state
                .consents
                .values()
                .any(|next| next.life.renews.as_ref() == Some(id));
            if let Some(end) = consent.ends.filter(|end| self.soon(*end) && !renewed) {
                let next = match ours {
                    true => format!("entente consent renew {} --until DATE", called()),
                    false => format!("entente consent counter {} --until DATE", called()),
                };
                let say = match ours {
                    true => format!("consent to {other} about {} ends", consent.report),
                    false => format!("consent of {other} about {} ends", consent.report),
                };
                self.add(Kind::ConsentEnds, id, say, Some(end), next);
            }
            if let Some(begin) = consent.life.not_before.filter(|begin| self.soon(*begin)) {
                let say = format!("what was released of {} to {} opens", consent.report, consent.to);
                self.add(
                    Kind::EmbargoEnds,
                    id,
                    say,
                    Some(begin),
                    "entente consent list".to_owned(),
                );
            }
            if ours {
                let last = consent.life.countered.iter().map(|counter| counter.at).max();
                if !renewed
                    && last.is_some_and(|at| consent.life.accepted.as_ref().is_none_or(|accepted| accepted.at < at))
                {
                    let say = format!("{other} proposes other terms about {}", consent.report);
                    self.add(
                        Kind::CounterOffer,
                        id,
                        say,
                        None,
                        format!("entente consent renew {} --until DATE", called()),
                    );
                }
                if consent.life.changed.is_some() && !renewed {
                    let say = format!("{other} says that a person whom it names is not any more as described");
                    self.add(
                        Kind::PersonChanged,
                        id,
                        say,
                        None,
                        format!("entente consent withdraw {} --reason TEXT", called()),
                    );
                }
            } else if !consent.conditions.is_empty() && consent.life.accepted.is_none() && consent.to.includes(home) {
                let say = format!("{other} consents about {}, under conditions", consent.report);
                self.add(
                    Kind::AnswerCame,
                    id,
                    say,
                    None,
                    format!("entente consent accept {} --by PERSON", called()),
                );
            }
        }
        for Misfit {
            consent, report, why, ..
        } in misfits(self.state, self.context)
        {
            if self.may_know_of(&report) {
                let say = format!(
                    "it does not open {report} any more: {}",
                    why.first().map_or("", String::as_str)
                );
                self.add(
                    Kind::Misfit,
                    &consent,
                    say,
                    None,
                    format!("entente consent check {consent}"),
                );
            }
        }
        self.refused(home);
    }

    /// Answers that came to requests of this party, and whose conclusion is still to be drawn.
    fn refused(&mut self, home: &PartyPath) {
        let week = SignedDuration::from_hours(24 * SOON_DAYS);
        let own = self
            .state
            .requests
            .values()
            .filter(|case| case.request.from == *home && !case.is_open());
        for case in own {
            let last = case.refusals.iter().map(|refusal| refusal.given).max();
            let recent = last.is_some_and(|at| self.context.now.duration_since(at) <= week);
            let refused = case
                .progress
                .iter()
                .filter(|(_, progress)| **progress == Progress::Refused);
            let refused: Vec<_> = refused.map(|(id, _)| id).collect();
            if recent && !refused.is_empty() && self.may_know_of(&case.request.report) {
                let say = format!(
                    "{} refused {} of {}",
                    case.request.to,
                    portion_names(refused),
                    case.request.report
                );
                self.add(
                    Kind::AnswerCame,
                    &case.request.id,
                    say,
                    None,
                    format!("entente request show {}", case.request.id),
                );
            }
        }
    }

    /// Embargoes that end soon, and those of this party's that are broken by what a partner says is out.
    fn embargoes(&mut self, home: &PartyPath) {
        for word in self.state.embargoes.values() {
            if !self.may_know_of(&word.report) {
                continue;
            }
            if let Some(until) = word.until.filter(|until| self.soon(*until)) {
                let say = format!("{} goes further from then on, as marks and terms say", word.on());
                let next = match word.by == *home {
                    true => format!("entente embargo move {} --until DATE", word.report),
                    false => format!("entente embargo list {}", word.report),
                };
                self.add(Kind::EmbargoEnds, &word.report, say, Some(until), next);
            }
        }
        for (from, notice) in self.state.notices.values() {
            let entente_core::Notice::Disclosure(told) = notice else {
                continue;
            };
            let running = |id: &&entente_core::PortionId| {
                let mut words = self.state.embargoes.of(&told.report).filter(|word| word.by == *home);
                words.any(|word| word.holds_for(id).is_some_and(|until| until > self.context.now))
            };
            let held_back: Vec<_> = told.portions.iter().filter(running).cloned().collect();
            if told.route == entente_core::Route::Published && !held_back.is_empty() && self.may_know_of(&told.report) {
                let say = format!(
                    "{from} says that {} of {} is out",
                    portion_names(&held_back),
                    told.report
                );
                let portions: Vec<&str> = held_back.iter().map(entente_core::PortionId::as_str).collect();
                let next = format!("entente embargo end {} --portions {}", told.report, portions.join(","));
                self.add(Kind::EmbargoBroken, &told.report, say, None, next);
            }
        }
    }

    fn recalls(&mut self, home: &PartyPath) {
        for (named, recall) in &self.state.recalls {
            if recall.scope.lifted.is_some() || !self.may_know_of(&recall.report) {
                continue;
            }
            let id = &recall.id;
            if recall.originator == *home {
                let open: Vec<&str> = recall
                    .holders
                    .iter()
                    .filter(|(_, done)| done.is_none())
                    .map(|(party, _)| party.as_str())
                    .collect();
                if !open.is_empty() {
                    let say = format!(
                        "{} of {} is unconfirmed by {}",
                        recall.action.name(),
                        recall.report,
                        open.join(", ")
                    );
                    self.add(
                        Kind::RecallUnconfirmed,
                        id,
                        say,
                        None,
                        format!("entente report holders {}", recall.report),
                    );
                }
            } else if recall.holders.get(home).is_some_and(Option::is_none) {
                let say = format!(
                    "{} recalls {}: {}",
                    recall.originator,
                    recall.report,
                    recall.action.name()
                );
                self.add(
                    Kind::RecallToFollow,
                    id,
                    say,
                    Some(recall.ordered),
                    format!(
                        "entente recall acknowledge {} --statement TEXT",
                        named.shortest(&self.state.recalls)
                    ),
                );
            }
        }
    }

    fn cases(&mut self) {
        for case in self.state.incidents.values() {
            // Only who works on a case has something to do in it.
            if case.closed().is_some() || !case.is_member(self.person) {
                continue;
            }
            for task in case.tasks().into_iter().filter(|task| task.done.is_none()) {
                let near = task.due.is_some_and(|due| due < self.context.now || self.soon(due));
                if near {
                    let say = format!("{}: {} ({})", case.title, task.stage.title(), task.owner);
                    self.add(
                        Kind::Clock,
                        &case.id,
                        say,
                        task.due,
                        format!("entente incident show {}", case.id),
                    );
                }
            }
        }
        let told: Vec<_> = self.state.incident_notices.iter().collect();
        for (named, (from, notice)) in told
            .into_iter()
            .filter(|(_, (_, notice))| notice.acknowledged.is_none())
        {
            let reports: BTreeSet<&ReportId> = notice.portions.iter().map(|portion| &portion.report).collect();
            if reports.into_iter().all(|report| self.may_know_of(report)) {
                let say = format!("{from} tells of an incident that concerns this party");
                let called = named.shortest(&self.state.incident_notices);
                let next = format!("entente incident acknowledge {called} --statement TEXT");
                self.add(
                    Kind::IncidentToAcknowledge,
                    &notice.incident,
                    say,
                    Some(notice.at),
                    next,
                );
            }
        }
    }

    fn papers(&mut self) {
        let week = SignedDuration::from_hours(24 * SOON_DAYS);
        let said: BTreeSet<_> = self
            .state
            .disclosures
            .values()
            .filter_map(|d| d.briefing.clone())
            .collect();
        for briefing in self.state.briefings.values() {
            let fresh = self.context.now.duration_since(briefing.prepared) <= week;
            let hidden = briefing.reports.iter().any(|(report, _)| !self.may_know_of(report));
            if !fresh || hidden || said.contains(&briefing.id) {
                continue;
            }
            let now = standing(self.state, briefing, self.context);
            let open = briefing
                .items
                .iter()
                .filter(|item| item.outcome == entente_core::Outcome::Permit);
            let gone = open.filter(|item| !now.permitted.contains(&item.portion)).count();
            if gone > 0 {
                let portions = if gone == 1 { "portion" } else { "portions" };
                let say = format!("{gone} {portions} that could be said cannot be said any more");
                self.add(Kind::VoidPaper, &briefing.id, say, None, "entente brief new".to_owned());
            }
        }
    }

    fn stale(&mut self) {
        for (report, _) in &self.state.facts {
            let stale = self.state.stale_facts(report).len();
            if stale > 0 && self.may_know_of(report) {
                let facts = if stale == 1 { "fact was" } else { "facts were" };
                let say = format!(
                    "{stale} {facts} written for a text that has changed; what stands there now counts as unknown"
                );
                self.add(
                    Kind::StaleFacts,
                    report,
                    say,
                    None,
                    format!("entente facts set {report} FILE"),
                );
            }
        }
    }

    fn terms(&mut self) {
        let named: Vec<_> = self.state.proposals.keys().cloned().collect();
        for named in named {
            let say = format!(
                "{} states terms that are not recorded here; nothing opens under them",
                named.by
            );
            self.add(
                Kind::TermsStated,
                &named.id,
                say,
                None,
                format!("entente arrangement accept {}", named.id),
            );
        }
    }

    fn silent(&mut self, home: &PartyPath) {
        let limit = SignedDuration::from_hours(24 * SILENT_DAYS);
        let mut silent: BTreeSet<(PartyPath, ReportId, u32)> = BTreeSet::new();
        let waiting = self.state.links.iter().filter(|(_, links)| links.unconfirmed);
        for (id, holding) in waiting.filter_map(|(id, _)| self.state.reports.pair(id)) {
            for delivery in holding.unconfirmed(home) {
                if self.context.now.duration_since(delivery.at) > limit {
                    silent.insert((delivery.to.clone(), id.clone(), delivery.version));
                }
            }
        }
        for (party, report, version) in silent {
            if self.may_know_of(&report) {
                let say = format!("{party} has not confirmed {report} v{version}: unconfirmed, not “not received”");
                self.add(
                    Kind::Silent,
                    &party,
                    say,
                    None,
                    format!("entente report holders {report}"),
                );
            }
        }
    }
}
