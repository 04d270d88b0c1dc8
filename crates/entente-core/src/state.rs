//! What is true now: the projection of all events so far.
//!
//! Applying an event cannot fail; whether it may happen was decided before (see [`crate::handle`]).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use entente_marking::Entity;
use entente_marking::us::Register;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::arrangement::{Arrangement, Word};
use crate::briefing::Briefing;
use crate::disclosure::Opening;
use crate::disclosure::{Disclosure, Notice, Override, Recall};
use crate::embargo::Embargo;
use crate::entered::Entered;
use crate::event::Event;
use crate::fact::Fact;
use crate::ids::{
    ArrangementId, AudienceName, BriefingId, ConsentId, DisclosureId, IncidentId, PartyPath, PersonId, PortionId,
    PortionRef, RecallId, ReportId, RequestId, RuleName, SourceId, Stored,
};
use crate::incident::{Incident, IncidentNotice};
use crate::installed::{InstalledScheme, US_REGISTER, scheme_key};
use crate::kept::{Kept, Shelf};
use crate::keys::KeyRing;
use crate::life::{Narrowing, Narrowings};
use crate::links::Links;
use crate::named::Named;
use crate::part::Confirmed;
use crate::party::{Audience, LocalRule, Party, Person};
use crate::receipt::MessageReceipt;
use crate::repeat::UsedKey;
use crate::report::{Delivery, Distribution, Lineage, Portion, Report};
use crate::request::{Consent, Progress, Refusal, Request, Substitute};
use crate::source::{ExposureAnswer, ProtectedSource};
use crate::stored::moved;

/// A report in all the versions that are held here, and what happened to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// Its versions.
    pub versions: BTreeMap<u32, Report>,
    /// To whom and from whom it went.
    #[serde(default)]
    pub deliveries: BTreeSet<Delivery>,
    /// Who here has a need to know.
    #[serde(default)]
    pub distribution: Distribution,
    /// When and why it was withdrawn, if it was.
    #[serde(default)]
    pub withdrawn: Option<(Timestamp, String)>,
    /// Since when and why nothing of it goes to anyone outside, if releases are on hold.
    #[serde(default)]
    pub on_hold: Option<(Timestamp, String)>,
    /// When the wording of which versions was destroyed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub destroyed: BTreeMap<u32, Timestamp>,
    /// By version: how many portions whoever sent it said it withholds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub withheld: BTreeMap<u32, usize>,
    /// By version: portions whose mark was made for this party; see [`crate::Part`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub released: BTreeMap<u32, BTreeMap<PortionId, BTreeSet<Entity>>>,
    /// Versions of which its author has no receipt yet, with what it is for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub due: BTreeMap<u32, PartyPath>,
    /// What holders said they took in.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub receipts: BTreeMap<PartyPath, Vec<Confirmed>>,
    /// Holders who gave their copy up, when, and what they state.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub given_up: BTreeMap<PartyPath, (Timestamp, String)>,
}

impl Holding {
    /// The latest version.
    pub fn latest(&self) -> Option<&Report> {
        self.versions.values().next_back()
    }

    /// This version, or the latest where none is named.
    pub fn version(&self, version: Option<u32>) -> Option<&Report> {
        match version {
            Some(version) => self.versions.get(&version),
            None => self.latest(),
        }
    }
}

/// A request and the answers to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestCase {
    /// The request.
    pub request: Request,
    /// How far it has come, portion by portion.
    pub progress: BTreeMap<PortionId, Progress>,
    /// The refusals, if any.
    #[serde(default)]
    pub refusals: Vec<Refusal>,
    /// When and why it was taken back, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retracted: Option<(Timestamp, String)>,
}

impl RequestCase {
    fn open(request: Request) -> Self {
        let progress = request.portions.iter().map(|id| (id.clone(), Progress::Open)).collect();
        Self {
            request,
            progress,
            refusals: Vec::new(),
            retracted: None,
        }
    }

    /// The portions that still wait for an answer.
    pub fn open_portions(&self) -> impl Iterator<Item = &PortionId> {
        self.progress
            .iter()
            .filter(|(_, progress)| **progress == Progress::Open && self.retracted.is_none())
            .map(|(id, _)| id)
    }

    /// Whether any portion still waits for an answer.
    pub fn is_open(&self) -> bool {
        self.open_portions().next().is_some()
    }
}

/// A kind of document in the projection, with its key. The store keeps one row for each.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Document {
    /// The kind, such as `report`.
    pub kind: &'static str,
    /// The key within the kind.
    pub id: String,
}

impl Document {
    pub(crate) fn new(kind: &'static str, id: &dyn ToString) -> Self {
        Self {
            kind,
            id: id.to_string(),
        }
    }
}

/// A stored document that does not fit the projection: the store must be rebuilt from its events.
#[derive(Debug, thiserror::Error)]
#[error(
    "the stored {kind} `{id}` cannot be read ({problem}); rebuild the projection from the events with `entente store rebuild`"
)]
pub struct BadDocument {
    kind: String,
    id: String,
    problem: String,
}

macro_rules! state {
    ($( $(#[$doc:meta])* $field:ident : $key:ty => $value:ty, $kind:literal; )*) => {
        /// What is true now.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        pub struct State {
            /// The party that runs this node; `None` before it was set up.
            pub home: Option<PartyPath>,
            $( $(#[$doc])* pub $field: Kept<$key, $value>, )*
        }

        impl State {
            /// The document with this key; `None` where there is none (any more).
            pub fn document(&self, kind: &str, id: &str) -> Option<Value> {
                let value = match kind {
                    "home" => self.home.as_ref().map(serde_json::to_value),
                    $( $kind => {
                        let key = <$key>::from_stored(id).ok();
                        key.and_then(|key| self.$field.get(&key)).map(serde_json::to_value)
                    } )*
                    _ => None,
                };
                value.map(|value| value.expect("the state consists of plain data with text keys"))
            }

            /// Shows every document of the state.
            pub(crate) fn each_document(&self, each: &mut dyn FnMut(Document, &Value)) {
                $( for (key, value) in &self.$field {
                    // The state consists of plain data with text keys.
                    if let Ok(value) = serde_json::to_value(value) {
                        each(Document::new($kind, key), &value);
                    }
                } )*
            }

            /// Puts a stored document back in its place.
            ///
            /// # Errors
            /// When kind, key or content are not those of a document of the state.
            pub fn restore(&mut self, kind: &str, id: &str, value: Value) -> Result<(), BadDocument> {
                let bad = |problem: String| BadDocument { kind: kind.to_owned(), id: id.to_owned(), problem };
                match kind {
                    "home" => self.home = Some(serde_json::from_value(value).map_err(|e| bad(e.to_string()))?),
                    $( $kind => {
                        let key = <$key>::from_stored(id).map_err(|e| bad(e.to_string()))?;
                        self.$field.insert(key, serde_json::from_value(value).map_err(|e| bad(e.to_string()))?);
                    } )*
                    _ => return Err(bad("there is no such kind".to_owned())),
                }
                Ok(())
            }
        }
    };
}

state! {
    /// Parties by path.
    parties: PartyPath => Party, "party";
    /// Since when a party is stated to be of the community (TLP:GREEN), by path.
    members: PartyPath => Timestamp, "member";
    /// What is known of parties' keys besides those that hold, by party.
    key_rings: PartyPath => KeyRing, "key-ring";
    /// Persons by id.
    persons: PersonId => Person, "person";
    /// Audiences by name.
    audiences: AudienceName => Audience, "audience";
    /// Rules of this party's own by name, also those that hold no longer.
    rules: RuleName => LocalRule, "rule";
    /// Policy files installed here, by `NAME/VARIANT`.
    schemes: String => InstalledScheme, "scheme";
    /// This node's own lists beside the published ones, by scheme.
    registers: String => Register, "register";
    /// Arrangements by id.
    arrangements: ArrangementId => Arrangement, "arrangement";
    /// Terms that partners stated and that are not recorded here, by who stated them.
    proposals: Named<ArrangementId> => Arrangement, "proposal";
    /// Reports by id.
    reports: ReportId => Holding, "report";
    /// What is known of reports from outside them, by report.
    links: ReportId => Links, "links";
    /// The facts of reports, by report.
    facts: ReportId => Vec<Fact>, "facts";
    /// For which version's texts the facts of a report were written, by report.
    facts_of: ReportId => u32, "facts-of";
    /// This party's protected sources.
    sources: SourceId => ProtectedSource, "source";
    /// What originators answered about source exposure, by [`ExposureAnswer::key`].
    exposures: String => ExposureAnswer, "exposure";
    /// Incidents by id.
    incidents: IncidentId => Incident, "incident";
    /// What partners told about their incidents, by partner and the incident's id.
    incident_notices: Named<IncidentId> => (PartyPath, IncidentNotice), "incident-notice";
    /// Briefings by id.
    briefings: BriefingId => Briefing, "briefing";
    /// What others than this party's own people were shown here, by [`Opening::key`].
    openings: String => Opening, "opening";
    /// Requests by asker and id, opened here or received.
    requests: Named<RequestId> => RequestCase, "request";
    /// Consents by originator and id, given here or received.
    consents: Named<ConsentId> => Consent, "consent";
    /// Since when consents are withdrawn, by originator; also of consents that have not come yet.
    endings: Named<ConsentId> => Timestamp, "ending";
    /// What was taken away from consents, by originator; also from consents that have not come yet.
    narrowings: Named<ConsentId> => Narrowings, "narrowing";
    /// Substitutes by originator and the consent that goes with each.
    substitutes: Named<ConsentId> => Substitute, "substitute";
    /// Recalls by originator and id.
    recalls: Named<RecallId> => Recall, "recall";
    /// Each party's last word about embargoes on its text, by [`Embargo::key`].
    embargoes: String => Embargo, "embargo";
    /// Overrides by id.
    overrides: DisclosureId => Override, "override";
    /// Disclosures by id.
    disclosures: DisclosureId => Disclosure, "disclosure";
    /// Notices by who told them and the id of what they are about.
    notices: Named<DisclosureId> => (PartyPath, Notice), "notice";
    /// Digests of the signed files taken in, by `sender/id`.
    received: String => String, "received";
    /// What receivers said of this party's messages, by the message's id.
    receipts: String => MessageReceipt, "receipt";
    /// Keys that programs chose for their commands, for a day, by what is kept of each.
    used_keys: String => UsedKey, "used-key";
}

impl State {
    /// The kinds of documents that a state can leave on a shelf: there are as many as there are reports or messages, and a
    /// command concerns one.
    pub const ASIDE: &[&str] = &["report", "facts", "facts-of", "received", "receipt"];

    /// Leaves on a shelf what can be left there, until somebody looks. The shelf has all of it, as it is now.
    pub fn rest_on(&mut self, shelf: &Arc<dyn Shelf>) {
        self.reports.rest_on("report", shelf);
        self.facts.rest_on("facts", shelf);
        self.facts_of.rest_on("facts-of", shelf);
        self.received.rest_on("received", shelf);
        self.receipts.rest_on("receipt", shelf);
    }

    /// How many documents are in memory that could be left on a shelf.
    pub fn loose(&self) -> usize {
        let files = self.received.loose() + self.receipts.loose();
        self.reports.loose() + self.facts.loose() + self.facts_of.loose() + files
    }
}

/// The key of a received file.
pub(crate) fn envelope_key(from: &PartyPath, id: &str) -> String {
    format!("{from}/{id}")
}

/// Under which name it is kept that a holder said that another party's consent, which came through it, has ended.
pub(crate) fn ended_through(via: &PartyPath, consent: &Named<ConsentId>) -> Named<ConsentId> {
    let name = format!("{}.{}", consent.by, consent.id);
    Named::new(
        via.clone(),
        ConsentId::stored(name).unwrap_or_else(|_| consent.id.clone()),
    )
}

/// The most portions followed down a lineage to those that an originator knows.
const MAX_NAMED: usize = 4096;

impl State {
    /// Applies what happened. Returns the documents that it touched.
    pub fn apply(&mut self, event: &Event) -> Vec<Document> {
        let mut touched = self.applied(event);
        touched.extend(self.link(&touched));
        touched
    }

    #[expect(clippy::too_many_lines, reason = "one arm an event, each a line or two")]
    fn applied(&mut self, event: &Event) -> Vec<Document> {
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
            Event::ReceiptTaken(receipt) => {
                self.receipts.insert(receipt.message.clone(), receipt.clone());
                vec![touched("receipt", &receipt.message)]
            }
            Event::EnvelopeReceived { from, id, digest } => {
                let key = envelope_key(from, id);
                self.received.insert(key.clone(), digest.clone());
                vec![touched("received", &key)]
            }
        }
    }

    /// The state after all these events.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut state = Self::default();
        for event in events {
            state.apply(event);
        }
        state
    }

    /// The recall that is in force for a version of a report, the strictest if there are several. Only its author's count,
    /// also those that came before the report.
    pub fn recall_of(&self, report: &ReportId, version: u32) -> Option<&Recall> {
        let author = &self.reports.get(report)?.versions.get(&version)?.originator;
        self.recalls
            .of(report)
            .filter(|recall| {
                recall.originator == *author && version <= recall.version && recall.holds_at(self.home.as_ref())
            })
            .max_by_key(|recall| (recall.action.bars_readers(), recall.ordered))
    }

    /// Whether something can be sealed to a party: its keys are known here.
    pub fn can_reach(&self, party: &PartyPath) -> bool {
        self.parties.get(party).is_some_and(|party| party.recipient.is_some())
    }

    /// The consents about a report that count here. One that answers about a text which came with the request is about that
    /// text, at whoever asked: it opens nothing at the originator, whatever report of that name comes here later.
    pub(crate) fn consents_of<'s>(&'s self, report: &ReportId) -> impl Iterator<Item = &'s Consent> {
        let of_report = self.consents.of(report);
        of_report.filter(|consent| {
            let answered = |id: &RequestId| self.requests.get(&Named::new(consent.to.clone(), id.clone()));
            let request = consent.request.as_ref().and_then(answered);
            let came = request
                .map(|case| &case.request)
                .filter(|request| self.home.as_ref() != Some(&request.from));
            came.is_none_or(|request| {
                let mut texts = request.carried.texts.keys();
                !texts.any(|carried| consent.portions.iter().any(|named| named.portion == *carried))
            })
        })
    }

    /// Those of these persons who are not known here, as outsiders.
    pub(crate) fn outsiders<'i>(&self, ids: impl IntoIterator<Item = &'i PersonId>) -> Vec<Person> {
        let unknown = ids.into_iter().filter(|id| !self.persons.contains_key(id));
        unknown
            .filter_map(|id| Some(Person::outsider(id.clone(), id.party()?)))
            .collect()
    }

    /// A portion or substitute text, wherever it stands.
    pub fn portion(&self, reference: &PortionRef) -> Option<&Portion> {
        let report = self.reports.get(&reference.report)?.versions.get(&reference.version)?;
        let substitutes = self
            .substitutes_of(&reference.report, reference.version)
            .map(|s| &s.portion);
        let mut all = report.with_title().chain(substitutes);
        all.find(|portion| portion.id == reference.portion)
    }

    /// Who is behind a text: of a title without a mark of its own, all behind the portions.
    pub(crate) fn lineage_of(&self, text: &PortionRef) -> Option<Cow<'_, Lineage>> {
        let untitled = || {
            let report = self.reports.get(&text.report)?.versions.get(&text.version)?;
            (text.portion == PortionId::title()).then(|| Cow::Owned(report.lineage()))
        };
        let portion = self.portion(text).map(|portion| Cow::Borrowed(&portion.lineage));
        portion.or_else(untitled)
    }

    /// Whether a party has the report that a portion is of: it wrote it, or this party delivered it there.
    pub(crate) fn knows(&self, party: &PartyPath, portion: &PortionRef) -> bool {
        let Some(holding) = self.reports.get(&portion.report) else {
            return false;
        };
        let version = holding.versions.get(&portion.version);
        let wrote = version.is_some_and(|report| party.includes(&report.originator));
        let mut sent = holding
            .deliveries
            .iter()
            .filter(|delivery| delivery.version == portion.version && delivery.brought(&portion.portion));
        wrote || sent.any(|delivery| party.includes(&delivery.to))
    }

    /// What a portion is called towards one of its originators: by its own name where the originator has the report, else
    /// by the originator's portions on which it rests. A report that a party never got is not its business.
    pub(crate) fn named_for(&self, party: &PartyPath, portion: &PortionRef) -> BTreeSet<PortionRef> {
        let bases = |of: &PortionRef| -> BTreeSet<PortionRef> {
            let lineage = self.lineage_of(of).unwrap_or_default();
            let theirs = lineage.iter().filter(|(originator, _)| party.includes(originator));
            theirs.flat_map(|(_, origin)| origin.from.iter().cloned()).collect()
        };
        let (mut named, mut seen) = (BTreeSet::new(), BTreeSet::new());
        let mut open = vec![portion.clone()];
        while let Some(next) = open.pop() {
            let below = bases(&next);
            match self.knows(party, &next) || below.is_empty() {
                true => drop(named.insert(next)),
                // What rests on itself, or on too much, is named as far as it was followed.
                false if seen.len() < MAX_NAMED && seen.insert(next.clone()) => open.extend(below),
                false => {}
            }
        }
        match named.is_empty() {
            true => BTreeSet::from([portion.clone()]),
            false => named,
        }
    }

    /// The mark for paragraphs without one that these arrangements agree on; `None` where none names one, or two differ.
    pub fn default_mark(&self, arrangements: &BTreeSet<ArrangementId>) -> Option<String> {
        let known = arrangements.iter().filter_map(|id| self.arrangements.get(id));
        let marks: BTreeSet<&str> = known.filter_map(|known| known.default_mark.as_deref()).collect();
        match marks.len() {
            1 => marks.first().map(ToString::to_string),
            _ => None,
        }
    }

    /// The names and texts of this party's own rules that hold.
    pub fn rules_in_force(&self) -> impl Iterator<Item = (&str, &str)> {
        let held = self.rules.values().filter(|rule| rule.removed.is_none());
        held.map(|rule| (rule.name.as_str(), rule.text.as_str()))
    }

    /// The substitute texts held for a version of a report.
    pub fn substitutes_of(&self, report: &ReportId, version: u32) -> impl Iterator<Item = &Substitute> {
        let all = self.substitutes.of(report);
        all.filter(move |substitute| substitute.version == version)
    }

    fn progress(&mut self, request: &Named<RequestId>, portions: impl IntoIterator<Item = PortionId>, to: Progress) {
        if let Some(case) = self.requests.get_mut(request) {
            // Answers about portions that were not asked for leave no trace.
            for portion in portions {
                case.progress.entry(portion).and_modify(|progress| *progress = to);
            }
        }
    }
}
