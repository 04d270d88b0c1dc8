//! What is true now: the projection of all events so far.
//!
//! Applying an event cannot fail; whether it may happen was decided before (see [`crate::handle`]).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use entente_marking::Entity;
use entente_marking::us::Register;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::arrangement::Arrangement;
use crate::briefing::Briefing;
use crate::contact::Contacts;
use crate::deputy::Deputy;
use crate::disclosure::Opening;
use crate::disclosure::{Disclosure, Notice, Override, Recall};
use crate::embargo::Embargo;
use crate::event::Event;
use crate::fact::Fact;
use crate::ids::{
    ArrangementId, AudienceName, BriefingId, ConsentId, DisclosureId, IncidentId, PartyPath, PendingId, PersonId,
    PortionId, RecallId, ReportId, RequestId, RuleName, SourceId, Stored,
};
use crate::incident::{Incident, IncidentNotice};
use crate::installed::InstalledScheme;
use crate::kept::{Kept, Shelf};
use crate::keys::KeyRing;
use crate::life::Narrowings;
use crate::links::Links;
use crate::named::Named;
use crate::part::Confirmed;
use crate::party::{Audience, LocalRule, Party, Person};
use crate::receipt::{MessageReceipt, Standing, TakenIn};
use crate::repeat::UsedKey;
use crate::report::{Delivery, Distribution, Report};
use crate::request::{Consent, Progress, Refusal, Request, Substitute};
use crate::second::Pending;
use crate::source::{ExposureAnswer, ProtectedSource};

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
    pub(crate) fn open(request: Request) -> Self {
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
    /// Whom one calls at a party, by path.
    contacts: PartyPath => Contacts, "contacts";
    /// What is known of parties' keys besides those that hold, by party.
    key_rings: PartyPath => KeyRing, "key-ring";
    /// Persons by id.
    persons: PersonId => Person, "person";
    /// Who stands in for whom, by both names.
    deputies: String => Deputy, "deputy";
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
    /// The signed files taken in, by `sender/id`.
    received: String => TakenIn, "received";
    /// What receivers said of this party's messages, by the message's id.
    receipts: String => MessageReceipt, "receipt";
    /// What these messages and receipts say of each partner.
    standings: PartyPath => Standing, "standing";
    /// What waits for a second person's yes, and what became of it, by id.
    pending: PendingId => Pending, "pending";
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

impl State {
    /// What is known of a message of another party, where it was taken in.
    pub fn taken_in(&self, from: &PartyPath, id: &str) -> Option<&TakenIn> {
        self.received.get(&envelope_key(from, id))
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

impl State {
    /// Applies what happened. Returns the documents that it touched.
    pub fn apply(&mut self, event: &Event) -> Vec<Document> {
        let mut touched = self.applied(event);
        touched.extend(self.link(&touched));
        touched
    }

    /// The state after all these events.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut state = Self::default();
        for event in events {
            state.apply(event);
        }
        state
    }
}
