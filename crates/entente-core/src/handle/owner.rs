//! Release by the owner: an originator's own act, without a request.
//!
//! A release is a consent that nobody asked for, one for each receiving party, and a copy for those who have a node. It is
//! decided like everything else: what it would not open, for whom it is, is not released.

use std::collections::{BTreeMap, BTreeSet};

use entente_marking::{CopyList, Purpose};
use serde::{Deserialize, Serialize};

use super::answer::{fresh, not_on_hold};
use super::part::{Handover, hand_over, knowingly_exposed};
use super::report::held;
use super::{Context, Decided, Refusal, Terms, home, source, told_apart};
use crate::decide::{Query, Snapshot, Step, decide};
use crate::event::Event;
use crate::ids::{ConsentId, PartyPath, PersonId, PortionId, ReportId};
use crate::in_force::state_marks;
use crate::life::Life;
use crate::outcome::Outcome;
use crate::party::Person;
use crate::report::{Portion, Report};
use crate::request::{Consent, Recipients};
use crate::shown::mark_for;
use crate::source::ExposureAnswer;
use crate::state::State;

/// What is to be released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The id of the release; a few digits are added where it goes to several parties.
    pub id: ConsentId,
    /// The report; its latest version.
    pub report: ReportId,
    /// The portions, each named: nothing is released because it was not thought of.
    pub portions: BTreeSet<PortionId>,
    /// To whom: persons, whole parties, or the public.
    pub to: Recipients,
    /// On which terms.
    pub terms: Terms,
    /// Whom the marks of copies name.
    pub list: CopyList,
}

/// Those at one party for whom a release is.
type Receivers = BTreeMap<PartyPath, Recipients>;

/// By party that gets it: the nearest one that is known here, or the one that is named.
fn receivers(state: &State, home: &PartyPath, to: &Recipients) -> Result<Receivers, Refusal> {
    let nearest = |party: &PartyPath| {
        let above = state.parties.keys().filter(|known| known.includes(party));
        above
            .max_by_key(|known| known.as_str().len())
            .cloned()
            .unwrap_or_else(|| party.clone())
    };
    let mut found = Receivers::new();
    for person in &to.persons {
        let party = state
            .persons
            .get(person)
            .map(|known| known.party.clone())
            .or_else(|| person.party());
        let party = party.ok_or_else(|| Refusal::missing("person", person, "write their id as PARTY/NAME"))?;
        found.entry(nearest(&party)).or_default().persons.insert(person.clone());
    }
    for party in &to.parties {
        found.entry(nearest(party)).or_default().parties.insert(party.clone());
    }
    if let Some(own) = found.keys().find(|party| home.includes(party)) {
        return Err(Refusal::Invalid(format!(
            "{own} is this party's own; put its people on the distribution with `entente report distribute`"
        )));
    }
    match found.is_empty() {
        true => Err(Refusal::Invalid(
            "nobody is named to whom it is released; give `--to PARTY`, `--to PARTY/person` or `--to PUBLIC`"
                .to_owned(),
        )),
        false => Ok(found),
    }
}

/// The portions meant: only text of which this party is an originator is its to release.
fn meant(report: &Report, home: &PartyPath, named: &BTreeSet<PortionId>) -> Result<BTreeSet<PortionId>, Refusal> {
    let ours = |id: &PortionId| {
        let portion = report.portion(id);
        portion.is_some_and(|portion| portion.lineage.originators().any(|party| home.includes(party)))
    };
    if named.is_empty() {
        return Err(Refusal::Invalid(
            "nothing is named that is to be released; name portions with `--portions`".to_owned(),
        ));
    }
    for id in named {
        match report.portion(id) {
            None => {
                return Err(Refusal::missing(
                    "portion",
                    id,
                    "`entente report show` shows the portions of the report",
                ));
            }
            Some(portion) if !ours(id) => return Err(not_ours(report, home, portion)),
            Some(_) => {}
        }
    }
    Ok(named.clone())
}

fn not_ours(report: &Report, home: &PartyPath, portion: &Portion) -> Refusal {
    let owners: Vec<&str> = portion.lineage.originators().map(PartyPath::as_str).collect();
    Refusal::NotEntitled {
        who: home.to_string(),
        what: "release this text",
        why: format!(
            "it is of {}; ask with `entente request open {}`",
            owners.join(", "),
            report.id
        ),
    }
}

pub(super) fn release(state: &State, release: &Release, context: &Context<'_>) -> Result<Decided, Refusal> {
    let home = home(state)?;
    let report = held(state, &release.report)?;
    not_on_hold(state, &release.report)?;
    if release.terms.ends.is_some_and(|end| end <= context.now) {
        return Err(Refusal::Invalid(
            "the release would end before it begins; give a later `--until`".to_owned(),
        ));
    }
    let meant = meant(report, home, &release.portions)?;
    let receivers = receivers(state, home, &release.to)?;
    let several = receivers.len() > 1;
    let mut decided = Decided::default();
    let mut after = state.clone();
    for (party, recipients) in receivers {
        let id = match several {
            true => ConsentId::new(told_apart(&release.id, &party)).map_err(|e| Refusal::Invalid(e.to_string()))?,
            false => release.id.clone(),
        };
        fresh(state, home, &id)?;
        let given = Given {
            release,
            report,
            home,
            party,
            recipients,
            id,
        };
        let one = given.decide(&after, &meant, context)?;
        for event in &one.events {
            after.apply(event);
        }
        decided.events.extend(one.events);
        decided.messages.extend(one.messages);
    }
    Ok(decided)
}

/// A release to one party.
struct Given<'r> {
    release: &'r Release,
    report: &'r Report,
    home: &'r PartyPath,
    party: PartyPath,
    recipients: Recipients,
    id: ConsentId,
}

impl Given<'_> {
    fn decide(&self, state: &State, meant: &BTreeSet<PortionId>, context: &Context<'_>) -> Result<Decided, Refusal> {
        let mut consent = self.consent(state, meant, context);
        state_marks(state, &mut consent);
        let risked = self.risked(state, meant, context)?;
        let mut after = state.clone();
        after.apply(&Event::ConsentGiven(consent.clone()));
        if let Some(answer) = &risked {
            after.apply(&Event::ExposureAnswered(answer.clone()));
        }
        let closed = self.closed(&after, meant, risked.is_some(), context)?;
        if !closed.is_empty() {
            return Err(self.refusal(&closed));
        }
        let mut decided = Decided::events([Event::ConsentGiven(consent)]);
        decided.events.extend(risked.map(Event::ExposureAnswered));
        self.with_copy(decided, state, meant, context)
    }

    fn consent(&self, state: &State, meant: &BTreeSet<PortionId>, context: &Context<'_>) -> Consent {
        let terms = &self.release.terms;
        let described = |id: &PersonId| {
            let known = state.persons.get(id).cloned();
            known.or_else(|| Some(Person::outsider(id.clone(), id.party()?)))
        };
        let stated = self.recipients.persons.iter().filter_map(described);
        Consent {
            id: self.id.clone(),
            request: None,
            originator: self.home.clone(),
            to: self.party.clone(),
            report: self.report.id.clone(),
            portions: meant.iter().map(|id| self.report.reference(id)).collect(),
            marks: Vec::new(),
            standing: terms.standing,
            recipients: self.recipients.clone(),
            stated: stated
                .map(|person| Person {
                    roles: BTreeSet::new(),
                    ..person
                })
                .collect(),
            purposes: terms.purposes.clone(),
            conditions: terms.conditions.clone(),
            given: context.now,
            received: None,
            ends: terms.ends,
            withdrawn: None,
            life: Life {
                revision: 1,
                given_by: terms.given_by.clone(),
                release: true,
                list: self.release.list,
                not_before: terms.not_before,
                ..Life::default()
            },
        }
    }

    /// Who stands for the receivers: the persons, and for a whole party a reader there who lacks nothing.
    fn audience(&self) -> Result<Vec<PersonId>, Refusal> {
        let anyone = |party: &PartyPath| {
            PersonId::new(format!("{party}/any-cleared-reader")).map_err(|e| Refusal::Invalid(e.to_string()))
        };
        let parties = self.recipients.parties.iter().map(anyone);
        let persons = self.recipients.persons.iter().cloned().map(Ok);
        persons.chain(parties).collect()
    }

    /// Refuses what would narrow a source of this party's, unless that is done knowingly.
    fn risked(
        &self,
        state: &State,
        meant: &BTreeSet<PortionId>,
        context: &Context<'_>,
    ) -> Result<Option<ExposureAnswer>, Refusal> {
        let references: Vec<_> = meant.iter().map(|id| (id.clone(), self.report.reference(id))).collect();
        let described = |id: PersonId| Some(Person::outsider(id.clone(), id.party()?));
        let audience: Vec<Person> = self.audience()?.into_iter().filter_map(described).collect();
        let guard = crate::guard::SourceGuard::new(state);
        let judging = Context {
            exposure: &guard,
            ..*context
        };
        let exposed = source::exposed_by(self.home, &references, &audience, &judging);
        if exposed.is_empty() {
            return Ok(None);
        }
        let Some(reason) = self.release.terms.despite_exposure.clone() else {
            let list: Vec<&str> = exposed.iter().map(PortionId::as_str).collect();
            return Err(Refusal::Invalid(format!(
                "with {} {} could narrow a protected source below its threshold; `entente source measure` shows how far. \
                 Leave them out with `--portions`, or release knowingly with `--despite-exposure REASON`",
                list.join(", "),
                self.party
            )));
        };
        Ok(Some(ExposureAnswer {
            purposes: self.release.terms.purposes.clone(),
            recipients: self.recipients.clone(),
            consent: Some(self.id.clone()),
            ..knowingly_exposed(self.report, self.home, &self.party, exposed, reason, context)
        }))
    }

    /// What the release would not open, and why not, by whoever of the receivers least may.
    fn closed(
        &self,
        after: &State,
        meant: &BTreeSet<PortionId>,
        knowingly: bool,
        context: &Context<'_>,
    ) -> Result<BTreeMap<PortionId, Vec<String>>, Refusal> {
        let audience = self.audience()?;
        let mut picture = after.clone();
        for reader in audience
            .iter()
            .filter(|reader| !self.recipients.persons.contains(*reader))
        {
            let party = reader.party().unwrap_or_else(|| self.party.clone());
            let cleared = super::report::cleared_reader(reader.clone(), &party, self.report);
            picture.persons.insert(reader.clone(), cleared);
        }
        let outsiders = picture.outsiders(&audience);
        let about = [&self.report.id];
        let snapshot = Snapshot::about(&picture, context.groups, about, (&audience, &outsiders));
        let ids: Vec<PortionId> = meant.iter().cloned().collect();
        // From the moment on at which it holds.
        let moment = self.release.terms.not_before.map_or(context.now, |begin| {
            (begin + crate::arrangement::CLOCK_TOLERANCE).max(context.now)
        });
        let purposes = self.release.terms.purposes.iter().flatten().cloned().map(Some);
        let purposes: Vec<Option<Purpose>> = purposes.collect();
        let purposes = if purposes.is_empty() { vec![None] } else { purposes };
        let guard = crate::guard::SourceGuard::new(after);
        let mut closed: BTreeMap<PortionId, Vec<String>> = BTreeMap::new();
        for purpose in &purposes {
            let query = Query {
                report: &self.report.id,
                version: Some(self.report.version),
                portions: Some(&ids),
                audience: &audience,
                purpose: purpose.as_ref(),
                moment,
            };
            let decision = decide(&snapshot, &query, context.policy, &guard)?;
            for (n, id) in ids.iter().enumerate() {
                for (person, who) in audience.iter().enumerate() {
                    if decision.outcome(person, n) == Outcome::Permit {
                        continue;
                    }
                    let rules = decision.rules(person, n).zip(decision.explain(person, n));
                    let anybody = !self.recipients.persons.contains(who);
                    // Who at a party is to know it is that party's to say.
                    let whose =
                        |step: Step| step == Step::NeedToKnow && anybody || step == Step::SourceExposure && knowingly;
                    let why = rules.filter(|(rule, _)| !whose(rule.step()));
                    let why: Vec<String> = why
                        .map(|(_, reason)| format!("{}; {}", reason.message, reason.remedy))
                        .collect();
                    if !why.is_empty() {
                        closed.entry(id.clone()).or_insert(why);
                    }
                }
            }
        }
        let parties = BTreeSet::from([self.party.clone()]);
        for id in meant
            .iter()
            .filter(|id| !closed.contains_key(*id))
            .cloned()
            .collect::<Vec<_>>()
        {
            let mark = self.report.portion(&id).map_or("", |portion| portion.mark.as_str());
            if let Err(error) = mark_for(
                context.schemes,
                context.groups,
                self.report,
                mark,
                &parties,
                self.release.list,
            ) {
                closed.insert(id, vec![error.to_string()]);
            }
        }
        Ok(closed)
    }

    fn refusal(&self, closed: &BTreeMap<PortionId, Vec<String>>) -> Refusal {
        let each = closed
            .iter()
            .map(|(id, why)| format!("portion {id}: {}", why.join("\n    ")));
        Refusal::NotEntitled {
            who: self.party.to_string(),
            what: "be given this",
            why: each.collect::<Vec<_>>().join("\n  "),
        }
    }

    /// The same with a copy, where the receiver has a node that is known here.
    fn with_copy(
        &self,
        mut decided: Decided,
        state: &State,
        open: &BTreeSet<PortionId>,
        context: &Context<'_>,
    ) -> Result<Decided, Refusal> {
        let later = self.release.terms.not_before.is_some_and(|begin| begin > context.now);
        if self.report.originator != *self.home || !state.parties.contains_key(&self.party) || later {
            return Ok(decided);
        }
        let mut after = state.clone();
        for event in &decided.events {
            after.apply(event);
        }
        let guard = crate::guard::SourceGuard::new(&after);
        let handover = Handover {
            report: self.report.id.clone(),
            to: self.party.clone(),
            portions: Some(open.clone()),
            despite_exposure: self.release.terms.despite_exposure.clone(),
            known: None,
        };
        let judging = Context {
            exposure: &guard,
            ..*context
        };
        match hand_over(&after, &handover, &judging) {
            Ok(copy) => {
                decided.events.extend(copy.events);
                decided.messages.extend(copy.messages);
                Ok(decided)
            }
            // What may only be shown is released without a copy.
            Err(_) if self.only_shown(open, context) => Ok(decided),
            Err(refusal) => Err(refusal),
        }
    }

    fn only_shown(&self, open: &BTreeSet<PortionId>, context: &Context<'_>) -> bool {
        let mut marks = open.iter().filter_map(|id| self.report.portion(id));
        marks.any(|portion| crate::shown::only_shown(context.groups, &portion.label, &self.party))
    }
}
