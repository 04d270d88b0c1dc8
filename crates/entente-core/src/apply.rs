//! What each event changes: the one place where the state moves on.

use crate::arrangement::Word;
use crate::deputy::Deputy;
use crate::disclosure::Notice;
use crate::entered::Entered;
use crate::event::Event;
use crate::ids::PortionId;
use crate::installed::{US_REGISTER, scheme_key};
use crate::life::Narrowing;
use crate::named::Named;
use crate::receipt::TakenIn;
use crate::request::Progress;
use crate::state::{Document, RequestCase, State, ended_through, envelope_key};
use crate::stored::moved;

impl State {
    #[expect(clippy::too_many_lines, reason = "one arm an event, each a line or two")]
    pub(crate) fn applied(&mut self, event: &Event) -> Vec<Document> {
        let touched = Document::new;
        match event {
            Event::Founded { party } => {
                self.home = Some(party.path.clone());
                self.parties.insert(party.path.clone(), party.clone());
                vec![touched("home", &"home"), touched("party", &party.path)]
            }
            Event::PartySet(party) => {
                self.parties.insert(party.path.clone(), party.clone());
                vec![touched("party", &party.path)]
            }
            Event::MembershipSet { party, member, at } => {
                match member {
                    true => drop(self.members.entry(party.clone()).or_insert(*at)),
                    false => self.members.remove(party),
                }
                vec![touched("member", party)]
            }
            Event::DeputySet(deputy) => {
                let key = Deputy::key(&deputy.of, &deputy.deputy);
                self.deputies.insert(key.clone(), deputy.clone());
                vec![touched("deputy", &key)]
            }
            Event::DeputyEnded { of, deputy, .. } => {
                let key = Deputy::key(of, deputy);
                self.deputies.remove(&key);
                vec![touched("deputy", &key)]
            }
            Event::ContactSet { party, name, contact } => {
                let known = self.contacts.entry(party.clone()).or_default();
                match contact {
                    Some(contact) => drop(known.insert(name.clone(), contact.clone())),
                    None => drop(known.remove(name)),
                }
                if known.is_empty() {
                    self.contacts.remove(party);
                }
                vec![touched("contacts", party)]
            }
            Event::KeysSet {
                party,
                signing,
                recipient,
                succession,
                by_fingerprint,
                at,
            } => {
                self.set_keys(party, (signing, recipient), *by_fingerprint, *at);
                let ring = self.key_rings.entry(party.clone()).or_default();
                ring.successions.extend(succession.clone());
                vec![touched("party", party), touched("key-ring", party)]
            }
            Event::KeyCompromised { party, key, from, at } => {
                let ring = self.key_rings.entry(party.clone()).or_default();
                let earliest = ring.compromised.entry(key.clone()).or_insert(*from);
                *earliest = (*earliest).min(*from);
                let home = self.home.as_ref() == Some(party);
                let sure = ring.confirmed.as_ref().is_some_and(|confirmed| confirmed != key);
                if !home && !sure {
                    ring.freeze(*at, &format!("its key {key} was declared compromised from {from} on"));
                }
                vec![touched("key-ring", party)]
            }
            Event::LinkFrozen { party, why, at, .. } => {
                self.key_rings.entry(party.clone()).or_default().freeze(*at, why);
                vec![touched("key-ring", party)]
            }
            Event::PersonSet(person) => {
                self.persons.insert(person.id.clone(), person.clone());
                vec![touched("person", &person.id)]
            }
            Event::EntryUndone { entry, .. } => {
                match entry {
                    Entered::Party { path } => {
                        self.parties.remove(path);
                        self.key_rings.remove(path);
                        self.members.remove(path);
                    }
                    Entered::Person { id } => self.persons.remove(id),
                    Entered::Audience { name } => self.audiences.remove(name),
                }
                entry.documents()
            }
            Event::AudienceSet(audience) => {
                self.audiences.insert(audience.name.clone(), audience.clone());
                vec![touched("audience", &audience.name)]
            }
            Event::ArrangementSet(arrangement) => {
                self.arrangements.insert(arrangement.id.clone(), arrangement.clone());
                vec![touched("arrangement", &arrangement.id)]
            }
            Event::ArrangementStatusSet {
                id,
                status,
                at,
                by,
                revision,
            } => {
                if let Some(arrangement) = self.arrangements.get_mut(id) {
                    // Events without a name are of whoever suspended, ended or resumed what it had suspended.
                    let by = by.as_ref().or(status.by()).or(arrangement.status.by()).cloned();
                    let word = Word {
                        status: status.clone(),
                        revision: *revision,
                        at: *at,
                    };
                    if let Some(by) = by {
                        arrangement.hear(&by, word);
                    }
                }
                vec![touched("arrangement", id)]
            }
            Event::TermsProposed { from, arrangement } => {
                let key = Named::new(from.clone(), arrangement.id.clone());
                let touched = touched("proposal", &key);
                match self.proposals.get_mut(&key) {
                    None => {
                        self.proposals.insert(key, arrangement.clone());
                    }
                    Some(known) => {
                        *known = known.narrowed_by(arrangement);
                        if let Some(word) = arrangement.word_of(from) {
                            known.hear(from, word);
                        }
                    }
                }
                vec![touched]
            }
            Event::ReportAdded(report) => {
                let holding = self.reports.entry(report.id.clone()).or_default();
                holding.versions.insert(report.version, report.clone());
                vec![touched("report", &report.id)]
            }
            Event::ReportReceived { report, delivery, part } => self.take_in(report, delivery, part),
            Event::ReportWithdrawn { report, reason, at } => {
                self.reports.entry(report.clone()).or_default().withdrawn = Some((*at, reason.clone()));
                vec![touched("report", report)]
            }
            Event::ReportHeld { report, at, reason } => {
                self.reports.entry(report.clone()).or_default().on_hold = Some((*at, reason.clone()));
                vec![touched("report", report)]
            }
            Event::ReportResumed { report } => {
                self.reports.entry(report.clone()).or_default().on_hold = None;
                vec![touched("report", report)]
            }
            Event::ReportDelivered(delivery) => {
                let holding = self.reports.entry(delivery.report.clone()).or_default();
                holding.deliveries.insert(delivery.clone());
                holding.given_up.remove(&delivery.to);
                if let Some(report) = holding.versions.get_mut(&delivery.version) {
                    report.add_recipient_of(&delivery.by, &delivery.to, |portion| delivery.makes_recipient(portion));
                }
                vec![touched("report", &delivery.report)]
            }
            Event::DistributionChanged { report, added, removed } => {
                let holding = self.reports.entry(report.clone()).or_default();
                holding.distribution.extend(added.iter().cloned());
                holding.distribution.retain(|person| !removed.contains(person));
                vec![touched("report", report)]
            }
            Event::LocalRuleSet(rule) => {
                self.rules.insert(rule.name.clone(), rule.clone());
                vec![touched("rule", &rule.name)]
            }
            Event::SchemeInstalled(scheme) => {
                self.schemes.insert(scheme.key(), scheme.clone());
                vec![touched("scheme", &scheme.key())]
            }
            Event::SchemeRemoved { id, profile } => {
                let key = scheme_key(id, profile);
                self.schemes.remove(&key);
                vec![touched("scheme", &key)]
            }
            Event::MarksRead { report, version, marks } => {
                let holding = self.reports.get_mut(report);
                if let Some(report) = holding.and_then(|holding| holding.versions.get_mut(version)) {
                    report.read_again(marks);
                }
                vec![touched("report", report)]
            }
            Event::RegisterSet(register) => {
                let key = US_REGISTER.to_owned();
                match register {
                    Some(register) => self.registers.insert(key, register.clone()),
                    None => self.registers.remove(&key),
                }
                vec![touched("register", &US_REGISTER)]
            }
            Event::FactsSet { report, facts } => {
                self.facts.insert(report.clone(), facts.clone());
                let latest = self.reports.get(report).and_then(|holding| holding.latest());
                if let Some(version) = latest.map(|latest| latest.version) {
                    self.facts_of.insert(report.clone(), version);
                }
                vec![touched("facts", report), touched("facts-of", report)]
            }
            Event::SourceProtected(source) => {
                self.sources.insert(source.id.clone(), source.clone());
                vec![touched("source", &source.id)]
            }
            Event::SourceReleased { source, at, reason } => {
                if let Some(source) = self.sources.get_mut(source) {
                    source.withdrawn = Some((*at, reason.clone()));
                }
                vec![touched("source", source)]
            }
            Event::ExposureAnswered(answer) => {
                self.exposures.insert(answer.key(), answer.clone());
                let older = answer.request.iter().map(|id| touched("exposure", id));
                older.chain([touched("exposure", &answer.key())]).collect()
            }
            Event::IncidentOpened(incident) => {
                self.incidents.insert(incident.id.clone(), incident.clone());
                vec![touched("incident", &incident.id)]
            }
            Event::IncidentNoted { incident, entry } => {
                if let Some(held) = self.incidents.get_mut(incident) {
                    held.note(entry.clone());
                }
                vec![touched("incident", incident)]
            }
            Event::IncidentNoticed { from, notice } => {
                let known = (from.clone(), notice.clone());
                let key = Named::new(from.clone(), notice.incident.clone());
                let documents = moved("incident-notice", &key);
                self.incident_notices.insert(key, known);
                documents.into()
            }
            Event::BriefingPrepared(briefing) => {
                self.briefings.insert(briefing.id.clone(), briefing.clone());
                vec![touched("briefing", &briefing.id)]
            }
            Event::Opened {
                report,
                version,
                reader,
                portions,
                at,
                ..
            } => self.opened((report, *version), reader, portions, *at),
            Event::Decided { .. }
            | Event::DecisionKept(_)
            | Event::VersionExplained { .. }
            | Event::FolderUpgraded { .. }
            | Event::SignedIn { .. }
            | Event::AccountMade { .. }
            | Event::PassphraseUsed { .. }
            | Event::TokenSet { .. }
            | Event::AccessEnded { .. }
            | Event::ActRefused { .. } => Vec::new(),
            Event::KeyUsed(used) => self.key_used(used),
            Event::RequestOpened(request) | Event::RequestReceived(request) => {
                let key = Named::new(request.from.clone(), request.id.clone());
                let documents = moved("request", &key);
                self.requests.insert(key, RequestCase::open(request.clone()));
                documents.into()
            }
            Event::ConsentGiven(consent) => {
                let mut held = consent.clone();
                let key = Named::new(held.originator.clone(), held.id.clone());
                let ending = self.endings.get(&key);
                let through = held.life.through.as_ref().map(|via| ended_through(via, &held.key()));
                let through = through.and_then(|key| self.endings.get(&key));
                let ends = ending.into_iter().chain(through).copied();
                held.withdrawn = held.withdrawn.into_iter().chain(ends).min();
                let mut documents = Vec::from(moved("consent", &key));
                self.consents.insert(key, held);
                documents.extend(self.narrow_anew(consent));
                if let Some(request) = &consent.request {
                    let request = Named::new(consent.to.clone(), request.clone());
                    let portions: Vec<PortionId> = match (self.requests.get(&request), consent.portions.is_empty()) {
                        (Some(case), true) => case.open_portions().cloned().collect(),
                        _ => consent
                            .portions
                            .iter()
                            .map(|reference| reference.portion.clone())
                            .collect(),
                    };
                    self.progress(&request, portions, Progress::Granted);
                    documents.extend(moved("request", &request));
                }
                documents
            }
            Event::RequestRefused(refusal) => {
                let request = self.request_key(refusal.asker.as_ref(), &refusal.request, &refusal.originator);
                let Some(request) = request else { return Vec::new() };
                self.progress(&request, refusal.portions.iter().cloned(), Progress::Refused);
                if let Some(case) = self.requests.get_mut(&request) {
                    case.refusals.push(refusal.clone());
                }
                moved("request", &request).into()
            }
            Event::SubstituteGiven(substitute) => {
                let request = self.request_key(substitute.asker.as_ref(), &substitute.request, &substitute.originator);
                let key = Named::new(substitute.originator.clone(), substitute.consent.clone());
                let mut documents = Vec::from(moved("substitute", &key));
                self.substitutes.insert(key, substitute.clone());
                if let Some(request) = request {
                    self.progress(&request, [substitute.stands_for.clone()], Progress::Substituted);
                    documents.extend(moved("request", &request));
                }
                documents
            }
            Event::ConsentWithdrawn { consent, by, at, .. } => {
                let mut documents = Vec::new();
                if let Some(by) = by {
                    let key = Named::new(by.clone(), consent.clone());
                    documents.push(touched("ending", &key));
                    let ending = self.endings.entry(key).or_insert(*at);
                    *ending = (*ending).min(*at);
                }
                let Some(key) = self.consent_key(by.as_ref(), consent) else {
                    return documents;
                };
                if let Some(consent) = self.consents.get_mut(&key) {
                    // A later word never gives back what an earlier one took away.
                    consent.withdrawn = Some(consent.withdrawn.map_or(*at, |earlier| earlier.min(*at)));
                    documents.extend(moved("consent", &key));
                }
                documents
            }
            Event::ConsentNarrowed {
                consent,
                originator,
                cut,
                at,
                ..
            } => self.narrow(
                originator,
                consent,
                Narrowing {
                    cut: cut.clone(),
                    at: *at,
                },
            ),
            Event::ConsentSpoken {
                consent,
                originator,
                saying,
            } => self.spoken(originator, consent, saying),
            Event::RequestRetracted {
                request,
                from,
                at,
                reason,
            } => self.retract(from, request, (*at, reason.clone())),
            Event::CopyGivenUp {
                report,
                by,
                at,
                statement,
            } => {
                let holding = self.reports.entry(report.clone()).or_default();
                holding.given_up.insert(by.clone(), (*at, statement.clone()));
                vec![touched("report", report)]
            }
            Event::ReceiptsGiven { receipts, .. } => self.receipts_given(receipts),
            Event::ReceiptsTaken { from, receipts, at } => self.receipts_taken(from, receipts, *at),
            Event::EmbargoSet(embargo) => match self.set_embargo(embargo) {
                true => vec![touched("embargo", &embargo.key())],
                false => Vec::new(),
            },
            Event::Overridden(o) => {
                self.overrides.insert(o.id.clone(), o.clone());
                vec![touched("override", &o.id)]
            }
            Event::Disclosed(d) => {
                self.disclosures.insert(d.id.clone(), d.clone());
                vec![touched("disclosure", &d.id)]
            }
            Event::RecallOrdered(recall) => {
                let key = Named::new(recall.originator.clone(), recall.id.clone());
                let documents = moved("recall", &key);
                self.recalls.insert(key, recall.clone());
                documents.into()
            }
            Event::RecallLifted { recall, by, at, reason } => self.lift(by, recall, (*at, reason.clone())),
            Event::RecallAcknowledged(acknowledgement) => {
                let by = &acknowledgement.by;
                let key = self.recall_key(acknowledgement.ordered_by.as_ref(), &acknowledgement.recall, by);
                let Some(key) = key else { return Vec::new() };
                if let Some(recall) = self.recalls.get_mut(&key) {
                    recall.holders.insert(by.clone(), Some(acknowledgement.clone()));
                }
                moved("recall", &key).into()
            }
            Event::ContentDestroyed(destroyed) => self.forget(destroyed),
            Event::NoticeReceived { from, notice } => {
                let id = match notice {
                    Notice::Override(o) => &o.id,
                    Notice::Disclosure(d) => &d.id,
                };
                let key = Named::new(from.clone(), id.clone());
                let documents = moved("notice", &key);
                self.notices.insert(key, (from.clone(), notice.clone()));
                documents.into()
            }
            Event::ReleaseProposed(pending) => {
                self.pending.insert(pending.id.clone(), pending.clone());
                vec![touched("pending", &pending.id)]
            }
            Event::ReleaseAnswered { pending, answered } => {
                if let Some(known) = self.pending.get_mut(pending) {
                    known.answered = Some(answered.clone());
                }
                vec![touched("pending", pending)]
            }
            Event::ReceiptTaken(receipt) => self.receipt_taken(receipt),
            Event::EnvelopeReceived { from, id, digest } => {
                let key = envelope_key(from, id);
                let taken = TakenIn {
                    digest: digest.clone(),
                    entry: None,
                };
                self.received.insert(key.clone(), taken);
                vec![touched("received", &key)]
            }
        }
    }
}
