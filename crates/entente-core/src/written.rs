//! Consents in writing: what an originator signs about its consent for each party that may get the text, so that a holder can
//! hand the text on and whoever gets it can verify the consent without trusting the holder.
//!
//! Nothing is signed or verified here: whoever reads and seals messages does that, with the keys that are known there, and
//! leaves in [`Signed::read`] what it found. What follows from it is decided here.

use std::collections::{BTreeMap, BTreeSet};

use entente_marking::{Groups, Label, Purpose, SchemeId, Schemes};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ConsentId, PartyPath, PersonId, PortionId, PortionRef, ReportId};
use crate::life::Life;
use crate::named::Named;
use crate::party::Person;
use crate::report::Report;
use crate::request::{Consent, Recipients};
use crate::shown::mark_for;
use crate::state::State;

/// A consent as its originator puts it in writing for one receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writing {
    /// The consent.
    pub consent: ConsentId,
    /// Who consents.
    pub originator: PartyPath,
    /// The party that may hand the text on.
    pub holder: PartyPath,
    /// The party that may get it.
    pub receiver: PartyPath,
    /// The report.
    pub report: ReportId,
    /// The rules that its marks follow.
    pub scheme: SchemeId,
    /// The variant of those rules.
    pub profile: String,
    /// When the report ceases to be readable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// The texts.
    pub texts: Vec<WrittenText>,
    /// For whom of the receiver's.
    pub recipients: Recipients,
    /// These persons, as they were described.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stated: Vec<Person>,
    /// What for; `None` for any purpose that the marks allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purposes: Option<BTreeSet<Purpose>>,
    /// What has to be observed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// When it was given, by the originator's clock.
    pub given: Timestamp,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Timestamp>,
    /// The moment before which nothing goes further under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
}

/// A text that a consent in writing is about: its words are committed to, not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenText {
    /// The portion.
    pub portion: PortionRef,
    /// Its mark on the receiver's copy.
    pub mark: String,
    /// The digest of its words with a salt that only whoever may have the text is given.
    pub digest: String,
}

/// A signed writing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The party for whose people it is.
    pub receiver: PartyPath,
    /// The signed note.
    pub note: String,
    /// The salts of the texts that go with it, as hexadecimal digits.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub salts: BTreeMap<PortionId, String>,
    /// What it says, once its signature was verified here by a key of its originator that is known here. It never travels.
    #[serde(skip)]
    pub read: Option<Box<Verified>>,
}

/// What a verified writing says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The writing.
    pub writing: Writing,
    /// The texts in the same message whose words are those that it commits to.
    pub texts: BTreeSet<PortionRef>,
}

/// The words of a text, as they are committed to: what only looks different is the same.
pub fn committed_words(text: &str) -> String {
    let plain = crate::plain::text(text);
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text to be signed: the portion, its mark on the copy, its words.
pub type Text = (PortionRef, String, String);

/// What there is to put in writing of a consent that this party gives, for each receiver, with the texts to commit to.
pub fn to_sign(state: &State, consent: &Consent, schemes: &Schemes, groups: &Groups) -> Vec<(Writing, Vec<Text>)> {
    let own = state
        .home
        .as_ref()
        .is_some_and(|home| home.includes(&consent.originator));
    if !own || consent.portions.is_empty() || consent.life.release {
        return Vec::new();
    }
    let mut by_receiver: BTreeMap<PartyPath, Recipients> = BTreeMap::new();
    for person in &consent.recipients.persons {
        if let Some(party) = person.party() {
            by_receiver.entry(party).or_default().persons.insert(person.clone());
        }
    }
    for party in &consent.recipients.parties {
        by_receiver
            .entry(party.clone())
            .or_default()
            .parties
            .insert(party.clone());
    }
    let outside = |party: &PartyPath| {
        let public = PersonId::public().party();
        !consent.to.includes(party) && !consent.originator.includes(party) && public.as_ref() != Some(party)
    };
    let each = by_receiver.into_iter().filter(|(party, _)| outside(party));
    each.filter_map(|(receiver, recipients)| one(state, consent, (receiver, recipients), schemes, groups))
        .collect()
}

fn one(
    state: &State,
    consent: &Consent,
    (receiver, recipients): (PartyPath, Recipients),
    schemes: &Schemes,
    groups: &Groups,
) -> Option<(Writing, Vec<Text>)> {
    let parties = BTreeSet::from([receiver.clone()]);
    let found = consent
        .portions
        .iter()
        .filter_map(|portion| written_text(state, consent, portion));
    let found: Vec<(PortionRef, Report, String, String)> = found.collect();
    let base = found.first()?.1.clone();
    let same = |report: &Report| (&report.scheme, &report.profile) == (&base.scheme, &base.profile);
    let texts = found
        .into_iter()
        .filter(|(_, report, ..)| same(report))
        .filter_map(|(portion, report, mark, text)| {
            let copy = mark_for(schemes, groups, &report, &mark, &parties, consent.life.list).ok()?;
            Some((portion, copy, text))
        });
    let texts: Vec<Text> = texts.collect();
    if texts.is_empty() {
        return None;
    }
    let stated = consent
        .stated
        .iter()
        .filter(|person| recipients.persons.contains(&person.id));
    let writing = Writing {
        consent: consent.id.clone(),
        originator: consent.originator.clone(),
        holder: consent.to.clone(),
        receiver,
        report: consent.report.clone(),
        scheme: base.scheme,
        profile: base.profile,
        expires: base.expires,
        texts: Vec::new(),
        stated: stated.cloned().collect(),
        recipients,
        purposes: consent.purposes.clone(),
        conditions: consent.conditions.clone(),
        given: consent.given,
        ends: consent.ends,
        not_before: consent.life.not_before,
    };
    Some((writing, texts))
}

/// A text that a consent is about, with its mark and the report whose rules it follows: held here, or carried by the request.
fn written_text(
    state: &State,
    consent: &Consent,
    portion: &PortionRef,
) -> Option<(PortionRef, Report, String, String)> {
    let held = state.reports.get(&portion.report);
    let held = held.and_then(|held| held.versions.get(&portion.version));
    let request = consent
        .request
        .as_ref()
        .map(|id| Named::new(consent.to.clone(), id.clone()));
    let request = request
        .and_then(|key| state.requests.get(&key))
        .map(|case| &case.request);
    let carried = request.and_then(|request| request.carried.texts.get(&portion.portion));
    if let Some(carried) = carried {
        let report = Report {
            id: portion.report.clone(),
            version: portion.version,
            title: crate::report::Title::default(),
            originator: consent.to.clone(),
            scheme: carried.scheme.clone(),
            profile: carried.profile.clone(),
            created: consent.given,
            expires: None,
            existence_protected: false,
            portions: Vec::new(),
        };
        return Some((portion.clone(), report, carried.mark.clone(), carried.text.clone()?));
    }
    let report = held?;
    let text = report.portion(&portion.portion)?;
    Some((portion.clone(), report.clone(), text.mark.clone(), text.text.clone()))
}

impl Consent {
    /// What its originator put in writing about a portion for a party, as far as it still says what the consent does.
    pub(crate) fn in_writing(&self, portion: &PortionRef, to: &PartyPath) -> Option<&Signed> {
        let mut all = self.life.signed.iter();
        all.find(|signed| to.includes(&signed.receiver) && signed.salts.contains_key(&portion.portion))
    }
}

impl Signed {
    /// The same with only what is needed for these texts.
    pub(crate) fn for_texts(&self, portions: &BTreeSet<PortionId>) -> Self {
        let mut less = self.clone();
        less.salts.retain(|portion, _| portions.contains(portion));
        less.read = None;
        less
    }
}

impl Verified {
    /// The consent that it is for whoever got it from a holder.
    pub(crate) fn consent(&self, home: &PartyPath, via: &PartyPath, signed: &Signed, now: Timestamp) -> Consent {
        let writing = &self.writing;
        Consent {
            id: writing.consent.clone(),
            request: None,
            originator: writing.originator.clone(),
            to: home.clone(),
            report: writing.report.clone(),
            portions: self.texts.clone(),
            standing: false,
            recipients: writing.recipients.clone(),
            stated: writing.stated.clone(),
            marks: Vec::new(),
            purposes: writing.purposes.clone(),
            conditions: writing.conditions.clone(),
            given: writing.given,
            received: Some(now),
            ends: writing.ends,
            withdrawn: None,
            life: Life {
                revision: 1,
                not_before: writing.not_before,
                through: Some(via.clone()),
                signed: vec![Signed {
                    read: None,
                    ..signed.clone()
                }],
                ..Life::default()
            },
        }
    }

    /// The mark that a text has on the receiver's copy.
    pub(crate) fn mark_of(&self, portion: &PortionRef) -> Option<&str> {
        let found = self.writing.texts.iter().find(|text| text.portion == *portion);
        found.map(|text| text.mark.as_str())
    }
}

/// Whether a portion of a copy asks for at least what its mark in writing asks for.
pub(crate) fn as_strict(schemes: &Schemes, report: &Report, label: &Label, mark: &str) -> bool {
    let written = crate::handle::label_of(schemes, &report.scheme, &report.profile, mark);
    label.dominates(&written)
}
