//! What an event has to do with a party's material, and whether it may be shown to that party as it is.

use std::collections::BTreeSet;

use crate::disclosure::{Disclosure, Notice, Recall};
use crate::event::Event;
use crate::handle::known_disclosure;
use crate::ids::{ArrangementId, ConsentId, IncidentId, PartyPath, PortionId, PortionRef, ReportId, RequestId};
use crate::incident::{Incident, IncidentNotice, What};
use crate::named::{Called, Named};
use crate::report::Report;
use crate::request::Consent;
use crate::source::ExposureAnswer;
use crate::state::State;

/// What an event has to do with a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concern {
    /// Nothing.
    None,
    /// It is about the party, or about portions that are its alone: the party may see it as it is.
    Whole {
        /// The portions, where it is about some.
        portions: BTreeSet<PortionRef>,
    },
    /// It is about the party, but also holds what it must not see.
    Part {
        /// What it holds besides.
        because: &'static str,
        /// The party's portions in it.
        portions: BTreeSet<PortionRef>,
    },
}

const MIXED: &str = "it also holds material of others";
const OWN_WORDS: &str = "it also holds this party's own words";
const CASE_FILE: &str = "it is in this party's case file";
const OTHERS: &str = "it also says what others hold or do";

impl Concern {
    fn part(self, because: &'static str) -> Self {
        match self {
            Self::Whole { portions } | Self::Part { portions, .. } => Self::Part { because, portions },
            Self::None => Self::None,
        }
    }

    fn whole_if(test: bool) -> Self {
        if test { Self::between() } else { Self::None }
    }

    /// What passed between the two.
    fn between() -> Self {
        Self::Whole {
            portions: BTreeSet::new(),
        }
    }

    fn or(self, other: impl FnOnce() -> Self) -> Self {
        if self == Self::None { other() } else { self }
    }
}

/// What an event has to do with a party, by what is true now.
///
/// The rule behind it: an originator may see all that happened to portions of which it is the only originator, and all
/// that passed between the two parties. Of anything else that touches its portions it learns that it is there, of which
/// kind it is, and which of its portions it is about. Of a protected case it learns nothing before it was told.
pub fn concern(state: &State, event: &Event, party: &PartyPath) -> Concern {
    let of = Of { state, party };
    match event {
        Event::Founded { .. }
        | Event::PartySet(_)
        | Event::ContactSet { .. }
        | Event::DeputySet(_)
        | Event::DeputyEnded { .. }
        | Event::MembershipSet { .. }
        | Event::PersonSet(_)
        | Event::AudienceSet(_)
        | Event::EntryUndone { .. }
        | Event::LocalRuleSet(_)
        | Event::SchemeInstalled(_)
        | Event::SchemeRemoved { .. }
        | Event::MarksRead { .. }
        | Event::RegisterSet(_)
        | Event::FactsSet { .. }
        | Event::SourceProtected(_)
        | Event::SourceReleased { .. }
        | Event::SignedIn { .. }
        | Event::AccountMade { .. }
        | Event::KeyUsed(_)
        | Event::PassphraseUsed { .. }
        | Event::TokenSet { .. }
        | Event::AccessEnded { .. }
        | Event::ActRefused { .. }
        | Event::ReleaseProposed(_)
        | Event::ReleaseAnswered { .. }
        | Event::FolderUpgraded { .. } => Concern::None,
        Event::KeysSet { party, .. } | Event::KeyCompromised { party, .. } | Event::LinkFrozen { party, .. } => {
            Concern::whole_if(of.is(party))
        }
        Event::ArrangementSet(arrangement) => Concern::whole_if(of.one_of(&arrangement.parties)),
        Event::ArrangementStatusSet { id, .. } => of.arrangement(id),
        Event::TermsProposed { from, .. } | Event::EnvelopeReceived { from, .. } => Concern::whole_if(of.is(from)),
        Event::ReceiptTaken(receipt) => Concern::whole_if(of.is(&receipt.by)),
        Event::ReportAdded(report) => of.report(report),
        Event::ReportReceived { report, delivery, .. } => {
            Concern::whole_if(of.is(&delivery.by)).or(|| of.report(report))
        }
        Event::ReportWithdrawn { report, .. } | Event::ReportHeld { report, .. } => {
            of.about(report, None, None).part(OWN_WORDS)
        }
        Event::VersionExplained { report, .. } => of.about(report, None, None).part(OWN_WORDS),
        Event::ReportResumed { report } | Event::DistributionChanged { report, .. } => of.about(report, None, None),
        Event::ReportDelivered(delivery) => {
            Concern::whole_if(of.is(&delivery.to)).or(|| of.about(&delivery.report, Some(delivery.version), None))
        }
        Event::ExposureAnswered(answer) => of.answer(answer),
        Event::IncidentOpened(incident) => of.case(&incident.id),
        Event::IncidentNoted { incident, entry } => match &entry.what {
            What::Told { party, .. } | What::Acknowledged { party, .. } if of.is(party) => Concern::between(),
            _ => of.case(incident),
        },
        Event::IncidentNoticed { from, notice } => Concern::whole_if(of.is(from)).or(|| of.told_elsewhere(notice)),
        Event::BriefingPrepared(briefing) => {
            let reports = briefing.reports.iter();
            of.all(reports.map(|(report, version)| of.about(report, Some(*version), None)))
        }
        Event::Opened {
            report,
            version,
            portions,
            ..
        } => of.about(
            report,
            Some(*version),
            Some(portions).filter(|portions| !portions.is_empty()),
        ),
        Event::Decided {
            report,
            version,
            outcomes,
            ..
        } => {
            let portions = outcomes.iter().map(|(portion, _)| portion.clone()).collect();
            of.about(report, Some(*version), Some(&portions))
        }
        // Attributes of persons, and terms with others, are nobody else's business: the decision itself is shown.
        Event::DecisionKept(basis) => {
            let portions = basis.portions.iter().map(|read| read.portion.clone()).collect();
            of.about(&basis.report, Some(basis.version), Some(&portions))
                .part(OTHERS)
        }
        Event::RequestOpened(request) | Event::RequestReceived(request) => {
            Concern::whole_if(of.is(&request.from) || of.is(&request.to))
                .or(|| of.about(&request.report, Some(request.version), Some(&request.portions)))
        }
        Event::ConsentGiven(consent) => of.consent(consent),
        Event::ConsentWithdrawn { consent, by, .. } => of.withdrawal(by.as_ref(), consent),
        Event::ConsentNarrowed {
            consent, originator, ..
        }
        | Event::ConsentSpoken {
            consent, originator, ..
        } => of.withdrawal(Some(originator), consent),
        Event::RequestRetracted { request, from, .. } => of.retracted(from, request),
        Event::CopyGivenUp { report, by, .. } => {
            Concern::whole_if(of.is(by)).or(|| of.about(report, None, None).part(OTHERS))
        }
        Event::ReceiptsGiven { to: other, .. } | Event::ReceiptsTaken { from: other, .. } => {
            Concern::whole_if(of.is(other))
        }
        Event::RequestRefused(refusal) => {
            let key = state.request_key(refusal.asker.as_ref(), &refusal.request, &refusal.originator);
            let request = key.and_then(|key| state.requests.get(&key)).map(|case| &case.request);
            let between = of.is(&refusal.originator) || request.is_some_and(|request| of.is(&request.from));
            Concern::whole_if(between).or(|| {
                request.map_or(Concern::None, |request| {
                    of.about(&request.report, Some(request.version), Some(&refusal.portions))
                })
            })
        }
        Event::SubstituteGiven(substitute) => {
            let key = state.request_key(substitute.asker.as_ref(), &substitute.request, &substitute.originator);
            let request = key.and_then(|key| state.requests.get(&key)).map(|case| &case.request);
            let between = of.is(&substitute.originator) || request.is_some_and(|request| of.is(&request.from));
            let portions = BTreeSet::from([substitute.stands_for.clone()]);
            Concern::whole_if(between).or(|| {
                of.about(&substitute.report, Some(substitute.version), Some(&portions))
                    .part(OTHERS)
            })
        }
        Event::Overridden(made) => of.about(&made.report, Some(made.version), Some(&made.portions)),
        Event::Disclosed(disclosure) => of.disclosure(disclosure),
        Event::RecallOrdered(recall) => Concern::whole_if(of.is(&recall.originator)).or(|| {
            let held = recall.holders.keys().any(|holder| of.is(holder));
            Concern::whole_if(held).part(OTHERS).or(|| of.recalled(recall))
        }),
        Event::EmbargoSet(embargo) => Concern::whole_if(of.is(&embargo.by)).or(|| {
            let only = embargo.portion.iter().cloned().collect();
            let only = Some(&only).filter(|only: &&BTreeSet<PortionId>| !only.is_empty());
            of.about(&embargo.report, None, only).part(OWN_WORDS)
        }),
        Event::RecallLifted { recall, by, .. } => {
            let held = state.recalls.get(&Named::new(by.clone(), recall.clone()));
            let between = held.is_some_and(|recall| recall.holders.keys().any(|holder| of.is(holder)));
            Concern::whole_if(of.is(by) || between).or(|| held.map_or(Concern::None, |recall| of.recalled(recall)))
        }
        Event::RecallAcknowledged(acknowledgement) => {
            let (by, ordered_by) = (&acknowledgement.by, acknowledgement.ordered_by.as_ref());
            let key = state.recall_key(ordered_by, &acknowledgement.recall, by);
            let recall = key.and_then(|key| state.recalls.get(&key));
            let between = of.is(by) || recall.is_some_and(|recall| of.is(&recall.originator));
            Concern::whole_if(between).or(|| recall.map_or(Concern::None, |recall| of.recalled(recall)))
        }
        Event::ContentDestroyed(destroyed) => {
            let named = Called::from(destroyed.recall.clone());
            let recalls = named.all(&state.recalls).into_iter().map(|(_, recall)| recall);
            let recall = recalls.into_iter().find(|recall| recall.report == destroyed.report);
            let between = recall.is_some_and(|recall| of.is(&recall.originator));
            let about = |recall| of.recalled(recall);
            let concern = Concern::whole_if(between).or(|| recall.map_or(Concern::None, about));
            match destroyed.incidents.is_empty() {
                true => concern,
                false => concern.part(CASE_FILE),
            }
        }
        Event::NoticeReceived { from, notice } => Concern::whole_if(of.is(from)).or(|| {
            let about = match notice {
                Notice::Override(made) => of.about(&made.report, Some(made.version), Some(&made.portions)),
                Notice::Disclosure(disclosure) => of.disclosure(disclosure),
            };
            about.part(OTHERS)
        }),
    }
}

/// A party, and what is true.
#[derive(Clone, Copy)]
struct Of<'s> {
    state: &'s State,
    party: &'s PartyPath,
}

impl Of<'_> {
    fn is(self, other: &PartyPath) -> bool {
        self.party.includes(other)
    }

    fn one_of(self, parties: &BTreeSet<PartyPath>) -> bool {
        parties.iter().any(|party| self.is(party) || party.includes(self.party))
    }

    fn arrangement(self, id: &ArrangementId) -> Concern {
        let known = self.state.arrangements.get(id);
        Concern::whole_if(known.is_some_and(|arrangement| self.one_of(&arrangement.parties)))
    }

    /// Portions of a report, as those that rest on the party alone, those that also rest on others, and the rest.
    fn report_portions(self, report: &Report, only: Option<&BTreeSet<PortionId>>) -> (BTreeSet<PortionRef>, bool) {
        let substitutes = self
            .state
            .substitutes_of(&report.id, report.version)
            .map(|s| &s.portion);
        let portions = report.portions.iter().chain(substitutes);
        let mut own = BTreeSet::new();
        let mut pure = true;
        for portion in portions.filter(|portion| only.is_none_or(|only| only.contains(&portion.id))) {
            let (theirs, others): (Vec<_>, Vec<_>) = portion.lineage.originators().partition(|party| self.is(party));
            pure &= others.is_empty();
            if !theirs.is_empty() {
                let reference = report.reference(&portion.id);
                own.extend(self.state.named_for(self.party, &reference));
            }
        }
        (own, pure)
    }

    fn report(self, report: &Report) -> Concern {
        let (portions, pure) = self.report_portions(report, None);
        shared(portions, pure && self.is(&report.originator))
    }

    /// A report, or some of its portions; in all its versions where none is named.
    fn about(self, report: &ReportId, version: Option<u32>, only: Option<&BTreeSet<PortionId>>) -> Concern {
        let versions = self
            .state
            .reports
            .get(report)
            .into_iter()
            .flat_map(|holding| holding.versions.values());
        let versions = versions.filter(|report| version.is_none_or(|version| report.version == version));
        self.all(versions.map(|report| {
            let (portions, pure) = self.report_portions(report, only);
            shared(portions, pure && (only.is_some() || self.is(&report.originator)))
        }))
    }

    /// Several things in one event.
    fn all(self, concerns: impl Iterator<Item = Concern>) -> Concern {
        let (mut own, mut touched, mut whole) = (BTreeSet::new(), false, true);
        for concern in concerns {
            match concern {
                Concern::None => whole = false,
                Concern::Whole { portions } => {
                    touched = true;
                    own.extend(portions);
                }
                Concern::Part { portions, .. } => {
                    (touched, whole) = (true, false);
                    own.extend(portions);
                }
            }
        }
        match (touched, whole) {
            (false, _) => Concern::None,
            (true, true) => Concern::Whole { portions: own },
            (true, false) => Concern::Part {
                because: MIXED,
                portions: own,
            },
        }
    }

    fn answer(self, answer: &ExposureAnswer) -> Concern {
        match self.is(&answer.by) {
            true => Concern::between(),
            // Why an originator released knowingly stays with it.
            false if answer.despite.is_some() => Concern::whole_if(self.is(&answer.to)).part(OWN_WORDS),
            false => Concern::whole_if(self.is(&answer.to)),
        }
    }

    fn consent(self, consent: &Consent) -> Concern {
        Concern::whole_if(self.is(&consent.originator) || self.is(&consent.to)).or(|| {
            let named = consent.portions.iter();
            let each = named.map(|portion| {
                let one = BTreeSet::from([portion.portion.clone()]);
                self.about(&portion.report, Some(portion.version), Some(&one))
            });
            match consent.portions.is_empty() {
                true => self.about(&consent.report, None, None).part(OTHERS),
                false => self.all(each).part(OTHERS),
            }
        })
    }

    fn withdrawal(self, by: Option<&PartyPath>, consent: &ConsentId) -> Concern {
        let key = self.state.consent_key(by, consent);
        let known = key.and_then(|key| self.state.consents.get(&key));
        known.map_or(Concern::None, |consent| self.consent(consent))
    }

    fn retracted(self, by: &PartyPath, id: &RequestId) -> Concern {
        let case = self.state.requests.get(&Named::new(by.clone(), id.clone()));
        case.map_or(Concern::None, |case| {
            let request = &case.request;
            Concern::whole_if(self.is(&request.from) || self.is(&request.to))
                .or(|| self.about(&request.report, Some(request.version), Some(&request.portions)))
        })
    }

    fn disclosure(self, disclosure: &Disclosure) -> Concern {
        self.about(&disclosure.report, Some(disclosure.version), Some(&disclosure.portions))
    }

    fn recalled(self, recall: &Recall) -> Concern {
        self.about(&recall.report, Some(recall.version), None)
    }

    /// A case: its file stays closed, and one whose existence is protected is not mentioned before the party was told.
    fn case(self, id: &IncidentId) -> Concern {
        let Some(incident) = self.state.incidents.get(id) else {
            return Concern::None;
        };
        let told = incident.told().keys().any(|party| self.is(party));
        if incident.protected && !told {
            return Concern::None;
        }
        self.all(self.disclosures_of(incident)).part(CASE_FILE)
    }

    fn disclosures_of(self, incident: &Incident) -> impl Iterator<Item = Concern> {
        let known = incident
            .disclosures
            .iter()
            .filter_map(move |id| known_disclosure(self.state, id));
        known.map(move |disclosure| self.disclosure(disclosure))
    }

    fn told_elsewhere(self, notice: &IncidentNotice) -> Concern {
        let each = notice.portions.iter().map(|portion| {
            let one = BTreeSet::from([portion.portion.clone()]);
            self.about(&portion.report, Some(portion.version), Some(&one))
        });
        self.all(each).part(OTHERS)
    }
}

fn shared(portions: BTreeSet<PortionRef>, pure: bool) -> Concern {
    match (portions.is_empty(), pure) {
        (true, _) => Concern::None,
        (false, true) => Concern::Whole { portions },
        (false, false) => Concern::Part {
            because: MIXED,
            portions,
        },
    }
}
