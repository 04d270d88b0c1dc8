//! What of all that is remembered is wording, what it is about, and what is left once it is destroyed.
//!
//! An event stays: that a report came, from whom, under which marks. Its wording can be destroyed. Two places have to agree
//! on what that is, and both ask [`is_wording`]: the store, which seals each text by itself, and the state, which forgets
//! it when an [`Event::ContentDestroyed`] says so. So a replay over what is left comes to the same state.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::disclosure::{Destroyed, Notice};
use crate::event::Event;
use crate::ids::{IncidentId, ReportId};
use crate::incident::What;
use crate::message::Message;
use crate::state::{Document, State};

/// What a text is about: it is destroyed with that.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic {
    /// A report or a case.
    pub about: String,
    /// Up to which version; 0 where it is about all of them.
    pub version: u32,
}

impl Topic {
    fn report(report: &ReportId, version: u32) -> Self {
        Self {
            about: format!("report {report}"),
            version,
        }
    }

    /// What is about a case.
    pub fn case(incident: &IncidentId) -> Self {
        Self {
            about: format!("incident {incident}"),
            version: 0,
        }
    }
}

/// Fields that hold wording, whatever they are a field of.
const WORDING: &[&str] = &[
    "text",
    "title",
    "reason",
    "change",
    "quote",
    "statement",
    "note",
    "despite",
    "reveals",
];
/// Fields below which everything is wording: what a watcher looks for.
const WORDING_BELOW: &[&str] = &["slots", "values"];
/// Fields below which nothing is: what marks mean, and whose it is.
const NEVER_BELOW: &[&str] = &["label", "lineage"];

/// Whether the string at this place of an event, message or document is wording. `path` holds the keys on the way.
pub fn is_wording(path: &[&str]) -> bool {
    let below = |names: &[&str]| path.iter().any(|key| names.contains(key));
    !below(NEVER_BELOW) && (path.last().is_some_and(|key| WORDING.contains(key)) || below(WORDING_BELOW))
}

impl Destroyed {
    /// What is destroyed.
    pub fn topics(&self) -> Vec<Topic> {
        let cases = self.incidents.iter().map(Topic::case);
        std::iter::once(Topic::report(&self.report, self.version))
            .chain(cases)
            .collect()
    }
}

impl Event {
    /// What is destroyed with this event.
    pub fn destroys(&self) -> Vec<Topic> {
        match self {
            Self::ContentDestroyed(destroyed) => destroyed.topics(),
            _ => Vec::new(),
        }
    }

    /// The digests of the texts that it takes into evidence.
    pub fn evidence(&self) -> Vec<String> {
        match self {
            Self::IncidentNoted { entry, .. } => match &entry.what {
                What::Evidence { sha256, .. } => vec![sha256.clone()],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }
}

impl Message {
    /// What its wording is about.
    pub fn topic(&self) -> Option<Topic> {
        match self {
            Self::Delivery { report, .. } => Some(Topic::report(&report.id, report.version)),
            Self::Request(request) => Some(Topic::report(&request.report, request.version)),
            Self::Answer { substitutes, .. } => substitutes
                .first()
                .map(|substitute| Topic::report(&substitute.report, substitute.version)),
            Self::Notice(notice) => Some(notice.topic()),
            Self::Withdrawal { .. }
            | Self::Narrowing { .. }
            | Self::HandedOnEnded { .. }
            | Self::ConsentSaid { .. }
            | Self::Retracted { .. }
            | Self::GivenUp { .. }
            | Self::Receipts(_)
            | Self::RecallLifted { .. }
            | Self::Recall(_)
            | Self::Embargo(_)
            | Self::Acknowledgement(_)
            | Self::Incident(_)
            | Self::IncidentAcknowledged { .. }
            | Self::Arrangement(_)
            | Self::KeySuccession(_)
            | Self::KeyCompromised { .. } => None,
        }
    }
}

impl Notice {
    fn version(&self) -> u32 {
        match self {
            Self::Override(made) => made.version,
            Self::Disclosure(disclosure) => disclosure.version,
        }
    }

    fn topic(&self) -> Topic {
        Topic::report(self.report(), self.version())
    }
}

impl State {
    /// What the wording in an event is about, in the state before it; `None` where none of it can be destroyed by itself.
    pub fn topic(&self, event: &Event) -> Option<Topic> {
        match event {
            Event::ReportAdded(report) | Event::ReportReceived { report, .. } => {
                Some(Topic::report(&report.id, report.version))
            }
            Event::VersionExplained { report, version, .. } => Some(Topic::report(report, *version)),
            Event::ReportWithdrawn { report, .. }
            | Event::ReportHeld { report, .. }
            | Event::FactsSet { report, .. } => Some(Topic::report(report, 0)),
            Event::RequestOpened(request) | Event::RequestReceived(request) => {
                Some(Topic::report(&request.report, request.version))
            }
            Event::RequestRefused(refusal) => {
                let key = self.request_key(refusal.asker.as_ref(), &refusal.request, &refusal.originator)?;
                let request = &self.requests.get(&key)?.request;
                Some(Topic::report(&request.report, request.version))
            }
            Event::SubstituteGiven(substitute) => Some(Topic::report(&substitute.report, substitute.version)),
            Event::ReleaseProposed(pending) => Some(Topic::report(&pending.report, pending.version)),
            Event::ReleaseAnswered { pending, .. } => {
                let known = self.pending.get(pending)?;
                Some(Topic::report(&known.report, known.version))
            }
            Event::ExposureAnswered(answer) => Some(Topic::report(&answer.report, answer.version)),
            Event::Overridden(made) => Some(Topic::report(&made.report, made.version)),
            Event::Disclosed(disclosure) => Some(Topic::report(&disclosure.report, disclosure.version)),
            Event::NoticeReceived { notice, .. } => Some(notice.topic()),
            Event::IncidentOpened(incident) => Some(Topic::case(&incident.id)),
            Event::IncidentNoted { incident, .. } => Some(Topic::case(incident)),
            // What is said about a recall, a consent or an arrangement is the proof that it was said.
            Event::Founded { .. }
            | Event::PartySet(_)
            | Event::ContactSet { .. }
            | Event::DeputySet(_)
            | Event::DeputyEnded { .. }
            | Event::MembershipSet { .. }
            | Event::KeysSet { .. }
            | Event::KeyCompromised { .. }
            | Event::LinkFrozen { .. }
            | Event::PersonSet(_)
            | Event::LocalRuleSet(_)
            | Event::SchemeInstalled(_)
            | Event::SchemeRemoved { .. }
            | Event::MarksRead { .. }
            | Event::RegisterSet(_)
            | Event::AudienceSet(_)
            | Event::EntryUndone { .. }
            | Event::ArrangementSet(_)
            | Event::ArrangementStatusSet { .. }
            | Event::TermsProposed { .. }
            | Event::ReportResumed { .. }
            | Event::ReportDelivered(_)
            | Event::DistributionChanged { .. }
            | Event::SourceProtected(_)
            | Event::SourceReleased { .. }
            | Event::IncidentNoticed { .. }
            | Event::BriefingPrepared(_)
            | Event::Opened { .. }
            | Event::Decided { .. }
            | Event::DecisionKept(_)
            | Event::ConsentGiven(_)
            | Event::ConsentWithdrawn { .. }
            | Event::ConsentNarrowed { .. }
            | Event::ConsentSpoken { .. }
            | Event::RequestRetracted { .. }
            | Event::CopyGivenUp { .. }
            | Event::ReceiptsGiven { .. }
            | Event::ReceiptsTaken { .. }
            | Event::RecallLifted { .. }
            | Event::RecallOrdered(_)
            | Event::EmbargoSet(_)
            | Event::RecallAcknowledged(_)
            | Event::ContentDestroyed(_)
            | Event::FolderUpgraded { .. }
            | Event::EnvelopeReceived { .. }
            | Event::SignedIn { .. }
            | Event::AccountMade { .. }
            | Event::KeyUsed(_)
            | Event::PassphraseUsed { .. }
            | Event::TokenSet { .. }
            | Event::AccessEnded { .. }
            | Event::ActRefused { .. }
            | Event::ReceiptTaken(_) => None,
        }
    }

    /// Forgets the wording that was destroyed. Gives every document that held some.
    pub(crate) fn forget(&mut self, destroyed: &Destroyed) -> Vec<Document> {
        let Destroyed {
            report,
            version: last,
            incidents,
            at,
            ..
        } = destroyed;
        let mut touched = vec![Document::new("report", report), Document::new("facts", report)];
        self.facts.remove(report);
        if let Some(holding) = self.reports.get_mut(report) {
            for (version, held) in holding.versions.range_mut(..=last) {
                *held = without_wording(held, *at);
                holding.destroyed.insert(*version, *at);
            }
            let words = [&mut holding.withdrawn, &mut holding.on_hold];
            for (_, reason) in words.into_iter().flatten().filter(|(_, reason)| !reason.is_empty()) {
                *reason = placeholder(*at);
            }
        }
        macro_rules! forget {
            ($($field:ident, $kind:literal, |$value:ident| $version:expr;)*) => {
                $(
                    let keys: Vec<_> = self.$field.keys_of(report).cloned().collect();
                    for key in keys {
                        let Some($value) = self.$field.get(&key) else { continue };
                        if $version <= *last {
                            let left = without_wording($value, *at);
                            self.$field.insert(key.clone(), left);
                            touched.push(Document::new($kind, &key));
                        }
                    }
                )*
            };
        }
        forget! {
            requests, "request", |case| case.request.version;
            substitutes, "substitute", |substitute| substitute.version;
            exposures, "exposure", |answer| answer.version;
            overrides, "override", |made| made.version;
            disclosures, "disclosure", |disclosure| disclosure.version;
            notices, "notice", |told| told.1.version();
        }
        // Nobody can say yes to what is gone.
        let waiting = self.pending.of(report).filter(|waiting| waiting.version <= *last);
        let waiting: Vec<_> = waiting.map(|waiting| waiting.id.clone()).collect();
        for id in waiting {
            self.pending.remove(&id);
            touched.push(Document::new("pending", &id));
        }
        for incident in incidents {
            if let Some(case) = self.incidents.get_mut(incident) {
                *case = without_wording(case, *at);
                touched.push(Document::new("incident", incident));
            }
        }
        touched
    }
}

/// What stands where a text was.
fn placeholder(at: Timestamp) -> String {
    format!("[content destroyed on {}]", at.strftime("%Y-%m-%d"))
}

/// The same without its wording.
fn without_wording<T: Serialize + DeserializeOwned>(value: &T, at: Timestamp) -> T {
    let mut json = serde_json::to_value(value).expect("the state consists of plain data with text keys");
    blank(&mut json, &mut Vec::new(), &placeholder(at));
    serde_json::from_value(json).expect("wording is text, and other text takes its place")
}

fn blank(json: &mut Value, path: &mut Vec<String>, with: &str) {
    match json {
        Value::String(text) => {
            let keys: Vec<&str> = path.iter().map(String::as_str).collect();
            if !text.is_empty() && is_wording(&keys) {
                with.clone_into(text);
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|value| blank(value, path, with)),
        Value::Object(all) => {
            for (key, value) in all {
                path.push(key.clone());
                blank(value, path, with);
                path.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
