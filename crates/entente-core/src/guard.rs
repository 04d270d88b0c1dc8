//! Step 8 of a decision: evaluated at the originator, and answered from its word everywhere else.

use std::collections::{BTreeMap, BTreeSet};

use entente_marking::Purpose;
use jiff::Timestamp;

use crate::decide::{Exposure, SourceExposure};
use crate::disclosure::Notice;
use crate::exposure::{Band, Claim, Credence, Knowledge, KnowledgeError, Measures, Register, measure};
use crate::fact::{Fact, Learned};
use crate::ids::{MAX_NAME, PartyPath, PersonId, PortionId, PortionRef, ReportId, SourceId};
use crate::in_force::MarksInForce;
use crate::party::Person;
use crate::reach::Reach;
use crate::request::{Consent, Recipients, allowed};
use crate::source::ProtectedSource;
use crate::state::State;

/// How far an audience believes what it reads, or is told by someone who has it from the report.
const FROM_THE_REPORT: &str = "confirmed";

/// The party of those who read what is published.
const PUBLIC: &str = "PUBLIC";

/// Source exposure as this party can say it: by its registers for its own sources, by their word for others'.
pub struct SourceGuard<'s> {
    state: &'s State,
    own: Vec<Watched<'s>>,
}

/// A protected source.
struct Watched<'s> {
    source: &'s ProtectedSource,
}

/// What an audience can work out about one source, before a release and after it.
#[derive(Clone, Debug)]
pub struct BeforeAfter {
    /// The source.
    pub source: SourceId,
    /// Before the release; `None` where it cannot be measured.
    pub before: Option<Measures>,
    /// After it.
    pub after: Option<Measures>,
    /// What the audience knows.
    pub known: Knowledge,
    /// What it would know.
    pub would_know: Knowledge,
    /// What the originator makes of it.
    pub band: Band,
}

impl<'s> SourceGuard<'s> {
    /// Over this party's own sources. A register is read when a question first needs it, and once for all questions.
    pub fn new(state: &'s State) -> Self {
        let live = state.sources.values().filter(|source| source.withdrawn.is_none());
        Self {
            state,
            own: live.map(|source| Watched { source }).collect(),
        }
    }

    /// The register of a source, where it can be read.
    pub fn register(&self, source: &SourceId) -> Option<&Register> {
        let watched = self.own.iter().find(|watched| watched.source.id == *source)?;
        watched.source.register.register()
    }

    /// What these persons know about a source; `None` where it cannot be told.
    pub fn known(&self, source: &SourceId, audience: &[PersonId]) -> Option<Knowledge> {
        let watched = self.own.iter().find(|watched| watched.source.id == *source)?;
        self.knowledge(watched.source, &self.outside(audience)).ok()
    }

    /// Those who learned something of a source's reports: each party, and the public where something was published.
    pub fn audiences(&self, source: &SourceId) -> BTreeMap<String, Vec<PersonId>> {
        let home = self.state.home.as_ref().map_or("", |home| home.top());
        let watched = self.own.iter().find(|watched| watched.source.id == *source);
        let knowing = watched.map(|watched| self.knowing(watched.source)).unwrap_or_default();
        let foreign = knowing.into_iter().filter(|(party, _)| *party != home);
        foreign
            .map(|(party, person)| (party.to_owned(), vec![person]))
            .collect()
    }

    /// What each source behind these portions would lose if all of them went to these persons.
    pub fn weigh(&self, portions: &[&PortionRef], audience: &[PersonId]) -> Vec<BeforeAfter> {
        let parties = self.outside(audience);
        let reports: BTreeSet<&ReportId> = portions.iter().map(|portion| &portion.report).collect();
        let concerned = |watched: &&Watched<'_>| reports.iter().any(|report| watched.source.reports.contains(*report));
        self.own
            .iter()
            .filter(concerned)
            .map(|watched| self.weigh_one(watched, portions, &parties))
            .collect()
    }

    /// The worst of what any of those can work out who would learn it.
    fn weigh_one(&self, watched: &Watched<'_>, portions: &[&PortionRef], parties: &BTreeSet<&str>) -> BeforeAfter {
        let mut worst = self.weigh_for(watched, portions, parties);
        if parties.contains(PUBLIC) {
            // What is published reaches those who know most already.
            for party in self
                .knowing(watched.source)
                .into_keys()
                .filter(|party| *party != PUBLIC)
            {
                let mut with = parties.clone();
                with.insert(party);
                let theirs = self.weigh_for(watched, portions, &with);
                if theirs.band > worst.band {
                    worst = theirs;
                }
            }
        }
        worst
    }

    fn weigh_for(&self, watched: &Watched<'_>, portions: &[&PortionRef], parties: &BTreeSet<&str>) -> BeforeAfter {
        let told = portions
            .iter()
            .filter(|portion| watched.source.reports.contains(&portion.report));
        let claims: Vec<Claim> = told
            .flat_map(|portion| claims(&portion.report, self.state.facts_about(portion)))
            .collect();
        let known = self.knowledge(watched.source, parties);
        let after = known
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|known| known.with(&claims));
        let of = |known: &Result<Knowledge, KnowledgeError>| -> Option<Measures> {
            // Nothing is released by a register that cannot be read.
            measure(watched.source.register.register()?, known.as_ref().ok()?).ok()
        };
        let (before, later) = (of(&known), of(&after));
        let band = match (&before, &later) {
            (Some(before), Some(after)) => watched.source.threshold.band(before, after),
            // Whatever cannot be measured narrows.
            _ => Band::Narrows,
        };
        BeforeAfter {
            source: watched.source.id.clone(),
            before,
            after: later,
            known: known.unwrap_or_default(),
            would_know: after.unwrap_or_default(),
            band,
        }
    }

    /// Parties that learned something of a source's reports, each with someone to stand for it.
    fn knowing(&self, source: &ProtectedSource) -> BTreeMap<&'s str, PersonId> {
        let state = self.state;
        let reports = &source.reports;
        let notices = state.notices.of_any(reports).map(|(_, notice)| match notice {
            Notice::Disclosure(d) => &d.audience,
            Notice::Override(o) => &o.audience,
        });
        let own = state.disclosures.of_any(reports).map(|d| &d.audience);
        let overrides = state.overrides.of_any(reports).map(|o| &o.audience);
        let consents = state.consents.of_any(reports).map(|c| &c.recipients.persons);
        let told = own.chain(overrides).chain(notices).chain(consents).flatten();
        let shown = state.openings.of_any(reports).map(|opening| &opening.reader);
        let persons = told.chain(shown).map(|person| (top(person), person.clone()));
        let held = source.reports.iter().filter_map(|report| state.reports.get(report));
        let delivered = held.flat_map(|holding| &holding.deliveries).filter_map(|delivery| {
            let someone = PersonId::stored(format!("{}/anyone", delivery.to)).ok()?;
            Some((delivery.to.top(), someone))
        });
        persons.chain(delivered).collect()
    }

    /// What these parties know of a source's reports: everything that reached any of their persons by any route, what
    /// they were promised, and what is public. A party is taken to know what one of its persons knows.
    fn knowledge(&self, source: &ProtectedSource, parties: &BTreeSet<&str>) -> Result<Knowledge, KnowledgeError> {
        let mut known = Knowledge::default();
        let mut learn = |claims: Vec<Claim>| claims.iter().try_for_each(|claim| known.learn(claim).map(|_| ()));
        let reached = |persons: &BTreeSet<PersonId>| persons.iter().any(|person| self.is_among(person, parties));
        let state = self.state;
        let reports = &source.reports;
        let told = state.notices.of_any(reports).map(|(_, notice)| notice);
        for (report, version, portions, learned) in (state.disclosures.of_any(reports))
            .filter(|d| reached(&d.audience))
            .map(|d| (&d.report, d.version, &d.portions, d.learned.as_slice()))
            .chain(
                (state.overrides.of_any(reports))
                    .filter(|o| reached(&o.audience))
                    .map(|o| (&o.report, o.version, &o.portions, &[][..])),
            )
            .chain(told.filter_map(|notice| match notice {
                Notice::Disclosure(d) => {
                    reached(&d.audience).then_some((&d.report, d.version, &d.portions, d.learned.as_slice()))
                }
                Notice::Override(o) => reached(&o.audience).then_some((&o.report, o.version, &o.portions, &[][..])),
            }))
        {
            learn(match learned.is_empty() {
                true => self.claims(report, version, |portion| portions.contains(portion)),
                false => self.learned(report, learned),
            })?;
        }
        for report in reports {
            let deliveries = state
                .reports
                .get(report)
                .into_iter()
                .flat_map(|holding| &holding.deliveries);
            let theirs = deliveries
                .into_iter()
                .filter(|delivery| parties.contains(delivery.to.top()));
            for delivery in theirs {
                learn(match delivery.is_whole() {
                    true => claims(report, self.facts(report)),
                    false => self.claims(report, delivery.version, |portion| delivery.brought(portion)),
                })?;
            }
        }
        for opening in state.openings.of_any(reports) {
            if self.is_among(&opening.reader, parties) {
                learn(self.claims(&opening.report, opening.version, |portion| {
                    opening.portions.contains_key(portion)
                }))?;
            }
        }
        let among = |recipients: &Recipients| {
            reached(&recipients.persons) || recipients.parties.iter().any(|party| parties.contains(party.top()))
        };
        for consent in state.consents.of_any(reports) {
            // A withdrawn consent may have been used before.
            if among(&consent.recipients) {
                if consent.portions.is_empty() {
                    learn(claims(&consent.report, self.facts(&consent.report)))?;
                }
                for named in &consent.portions {
                    learn(self.claims(&named.report, named.version, |portion| *portion == named.portion))?;
                }
            }
        }
        for answer in state.exposures.of_any(reports) {
            if answer.told().band == Band::Within && among(&answer.recipients) {
                learn(self.claims(&answer.report, answer.version, |portion| {
                    answer.portions.contains(portion)
                }))?;
            }
        }
        Ok(known)
    }

    /// The reports about which [`SourceExposure::concerns`] is true.
    pub fn reports(&self) -> impl Iterator<Item = &ReportId> {
        self.own.iter().flat_map(|watched| &watched.source.reports)
    }

    fn behind(&self, report: &ReportId) -> impl Iterator<Item = &Watched<'s>> {
        self.own
            .iter()
            .filter(move |watched| watched.source.reports.contains(report))
    }

    fn facts(&self, report: &ReportId) -> &'s [Fact] {
        self.state.facts.get(report).map_or(&[], Vec::as_slice)
    }

    /// Whether an analyst has written down the facts of a portion, and none of them reveals anything.
    fn is_harmless(&self, portion: &PortionRef) -> bool {
        let facts = self.state.facts_about(portion);
        let substitute = self
            .state
            .substitutes_of(&portion.report, portion.version)
            .any(|substitute| substitute.portion.id == portion.portion);
        substitute || !facts.is_empty() && facts.iter().all(|fact| fact.reveals.is_none())
    }

    /// Whether facts are written down for the text as it stands. Those of another text say nothing about it.
    fn is_analysed(&self, portion: &PortionRef) -> bool {
        !self.state.facts_about(portion).is_empty()
    }

    /// What whoever knows these portions of a version is taken to know: every fact that is or was about one of them.
    fn claims(&self, report: &ReportId, version: u32, portion: impl Fn(&PortionId) -> bool) -> Vec<Claim> {
        let about = |fact: &Fact| self.state.portion_of(report, version, fact);
        let of = |fact: &&Fact| portion(&fact.portion) || about(fact).is_some_and(|id| portion(&id));
        claims(report, self.facts(report).iter().filter(of))
    }

    fn learned(&self, report: &ReportId, learned: &[Learned]) -> Vec<Claim> {
        let facts = self.facts(report);
        let of = |told: &Learned| {
            let fact = facts.iter().find(|fact| fact.id == told.fact)?;
            claim(report, fact, told.status.as_str(), told.origin.clone())
        };
        learned.iter().filter_map(of).collect()
    }

    fn party_of(&self, person: &PersonId) -> Option<PartyPath> {
        let known = self.state.persons.get(person).map(|person| person.party.clone());
        known.or_else(|| person.party())
    }

    fn is_among(&self, person: &PersonId, parties: &BTreeSet<&str>) -> bool {
        *person == PersonId::public() || self.party_of(person).is_some_and(|party| parties.contains(party.top()))
    }

    /// The parties at the top of those who are not this party's own people.
    fn outside<'p>(&self, audience: &'p [PersonId]) -> BTreeSet<&'p str> {
        let foreign = audience.iter().filter(|person| !self.is_own(person));
        foreign.map(top).collect()
    }

    fn is_own(&self, person: &PersonId) -> bool {
        let home = self.state.home.as_ref();
        home.zip(self.party_of(person))
            .is_some_and(|(home, party)| home.includes(&party))
    }

    /// Whether the originator agreed to this very release, though it narrows its source.
    fn is_accepted(&self, portion: &PortionRef, audience: &[PersonId], purpose: Option<&Purpose>) -> bool {
        self.answer(None, portion, audience, purpose)
            .is_some_and(|band| band == Band::Within)
    }

    /// What `by` answered about a portion for all of these persons; where there are several answers, the stricter.
    fn answer(
        &self,
        by: Option<&PartyPath>,
        portion: &PortionRef,
        audience: &[PersonId],
        purpose: Option<&Purpose>,
    ) -> Option<Band> {
        let home = self.state.home.as_ref();
        let covering = self.state.exposures.of(&portion.report).filter(|answer| {
            Some(&answer.by) == by.or(home)
                && answer.version == portion.version
                && answer.portions.contains(&portion.portion)
                && (by.is_some() || answer.despite.is_some())
                && allowed(answer.purposes.as_ref(), purpose)
                && self.covers(&answer.recipients, audience)
        });
        covering.map(|answer| answer.told().band).max()
    }

    /// Whether a consent is for a person as they are now.
    fn is_given(&self, consent: &Consent, id: &PersonId) -> bool {
        let registered = self.state.persons.get(id);
        let outsider = || Some(Person::outsider(id.clone(), id.party()?));
        let person = registered.cloned().or_else(outsider);
        person.is_some_and(|person| consent.covers(&person, registered.is_some()))
    }

    fn covers(&self, recipients: &Recipients, audience: &[PersonId]) -> bool {
        audience.iter().filter(|person| !self.is_own(person)).all(|person| {
            let party = self.party_of(person);
            party.is_some_and(|party| recipients.include(person, &party))
        })
    }

    /// What another originator says, as far as it has been asked.
    fn foreign(
        &self,
        portion: &PortionRef,
        audience: &[PersonId],
        purpose: Option<&Purpose>,
        moment: Timestamp,
    ) -> Exposure {
        let Some(report) = self.state.reports.get(&portion.report) else {
            return Exposure::Within;
        };
        let held = report
            .versions
            .get(&portion.version)
            .and_then(|report| report.portion(&portion.portion));
        let Some(held) = held else { return Exposure::Within };
        let home = self.state.home.as_ref();
        let marks = MarksInForce::new(self.state);
        for (originator, origin) in held.lineage.iter() {
            if !origin.protects_source || home.is_some_and(|home| home.includes(originator)) {
                continue;
            }
            let outside: Vec<PersonId> = (audience.iter())
                .filter(|person| {
                    let party = self.party_of(person);
                    !party.is_some_and(|party| origin.recipients.iter().any(|recipient| recipient.includes(&party)))
                })
                .cloned()
                .collect();
            let bases: Vec<&PortionRef> = match origin.from.is_empty() {
                true => vec![portion],
                false => origin.from.iter().collect(),
            };
            // Which concern all of them, concern the first.
            let given = bases
                .first()
                .into_iter()
                .flat_map(|base| self.state.consents.of(&base.report));
            let consented = given.into_iter().any(|consent| {
                consent.originator == *originator
                    && consent.is_live(moment)
                    && consent.allows(purpose)
                    && bases
                        .iter()
                        .all(|base| Reach::of(self.state, consent, &marks).covers(base, &marks))
                    && outside.iter().all(|id| self.is_given(consent, id))
            });
            if outside.is_empty() || consented {
                continue;
            }
            let answers = bases
                .iter()
                .map(|base| self.answer(Some(originator), base, &outside, purpose));
            match answers.max_by_key(|answer| answer.map_or(1, |band| if band == Band::Narrows { 2 } else { 0 })) {
                Some(Some(Band::Within)) => {}
                Some(Some(Band::Narrows)) => return Exposure::Narrows(originator.clone()),
                Some(None) | None => return Exposure::Unasked(originator.clone()),
            }
        }
        Exposure::Within
    }
}

impl SourceExposure for SourceGuard<'_> {
    fn stands_behind(&self, portion: &PortionRef) -> bool {
        self.concerns(&portion.report) && !self.is_harmless(portion)
    }

    fn concerns(&self, report: &ReportId) -> bool {
        self.behind(report).next().is_some()
    }

    fn exposures(
        &self,
        portions: &[&PortionRef],
        audience: &[PersonId],
        purpose: Option<&Purpose>,
        moment: Timestamp,
    ) -> Vec<Exposure> {
        let Some(home) = self.state.home.as_ref() else {
            return vec![Exposure::Within; portions.len()];
        };
        let parties = self.outside(audience);
        let mut within = Vec::new();
        let mut exposures: Vec<Exposure> = (portions.iter().enumerate())
            .map(|(n, portion)| {
                if parties.is_empty() || !self.stands_behind(portion) || self.is_accepted(portion, audience, purpose) {
                    return self.foreign(portion, audience, purpose, moment);
                }
                if !self.is_analysed(portion) {
                    return Exposure::Unasked(home.clone());
                }
                if self.narrows(&[portion], &parties) {
                    return Exposure::Narrows(home.clone());
                }
                within.push(n);
                Exposure::Within
            })
            .collect();
        // Each alone may be harmless, and all together name the source.
        let together: Vec<&PortionRef> = within.iter().map(|n| portions[*n]).collect();
        if together.len() > 1 && self.narrows(&together, &parties) {
            for n in within {
                exposures[n] = Exposure::Narrows(home.clone());
            }
        }
        exposures
    }
}

impl SourceGuard<'_> {
    fn narrows(&self, portions: &[&PortionRef], parties: &BTreeSet<&str>) -> bool {
        let concerned = self
            .own
            .iter()
            .filter(|watched| portions.iter().any(|p| watched.source.reports.contains(&p.report)));
        concerned
            .into_iter()
            .any(|watched| self.weigh_one(watched, portions, parties).band == Band::Narrows)
    }
}

/// The party at the top of a person's id.
fn top(person: &PersonId) -> &str {
    person.as_str().split(['/', '.']).next().unwrap_or_default()
}

fn claims<'f>(report: &ReportId, facts: impl IntoIterator<Item = &'f Fact>) -> Vec<Claim> {
    let all = facts.into_iter();
    all.filter_map(|fact| claim(report, fact, FROM_THE_REPORT, Some(report.to_string())))
        .collect()
}

fn claim(report: &ReportId, fact: &Fact, status: &str, origin: Option<String>) -> Option<Claim> {
    Some(Claim {
        fact: format!("{report}/{}", fact.id),
        reveals: fact.reveals.clone()?,
        credence: Credence::word(status)?,
        // What others write as an origin is not checked by them.
        origin: origin.filter(|origin| (1..=MAX_NAME).contains(&origin.len())),
    })
}
