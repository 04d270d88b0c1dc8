//! What of a report somebody may have, as it goes into a format: texts, the marks in force, and all who stand behind them.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::{ArrangementId, MarksInForce, PartyPath, Portion, PortionId, Report, ReportId, State, TITLE, Title};
use entente_marking::Label;
use entente_marking::installed::Library;
use jiff::Timestamp;
use serde_json::Value;

use crate::carried;
use crate::marks::explicit;
use crate::statement::{Portioned, Stated, Statement};

/// A portion on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutPortion {
    /// Its id.
    pub id: PortionId,
    /// Its mark in force.
    pub mark: String,
    /// What the mark means.
    pub label: Label,
    /// Its text.
    pub text: String,
    /// Those who are behind it.
    pub originators: BTreeMap<PartyPath, Stated>,
    /// Whether it was written to travel further.
    pub tear_line: bool,
    /// What the receiver has to observe.
    pub obligations: Vec<String>,
}

impl OutPortion {
    /// What stands on paper: its mark, its text, and below it whose it is and what has to be observed.
    pub fn printed(&self) -> (String, String, Vec<String>) {
        let by: Vec<String> = self.originators.keys().map(ToString::to_string).collect();
        let mut notes = vec![format!("{}, of {}", self.id, by.join(", "))];
        notes.extend(self.obligations.iter().cloned());
        (self.mark.clone(), self.text.clone(), notes)
    }
}

/// A report on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its id.
    pub id: ReportId,
    /// Its version.
    pub version: u32,
    /// Who wrote it.
    pub originator: PartyPath,
    /// Who writes the file.
    pub by: PartyPath,
    /// For whom.
    pub to: String,
    /// Its title, or its id where the receiver may not have that.
    pub title: String,
    /// The marks that hold for the title, each once.
    pub title_marks: Vec<String>,
    /// What they mean together.
    pub title_label: Label,
    /// What the title is of: itself, where it has a mark of its own, and else every portion.
    pub title_bases: Vec<PortionId>,
    /// Those who are behind the title.
    pub title_originators: BTreeMap<PartyPath, Stated>,
    /// The scheme of its marks.
    pub scheme: String,
    /// The variant of the scheme.
    pub profile: String,
    /// When this version was added.
    pub created: Timestamp,
    /// When its first version was.
    pub first: Timestamp,
    /// When it ceases to be readable.
    pub expires: Option<Timestamp>,
    /// Whether a denied reader must not learn that it exists.
    pub existence_protected: bool,
    /// The banner over what goes.
    pub banner: String,
    /// What goes, in order.
    pub portions: Vec<OutPortion>,
    /// Why it is out of use; nothing else of it goes then.
    pub recalled: Option<String>,
}

impl Outgoing {
    /// What of a report goes to a party: the report as it was made for it.
    pub fn to_party(state: &State, library: &Library, sent: &Report, by: &PartyPath, to: &PartyPath) -> Self {
        let marks = MarksInForce::new(state);
        let portion = |portion: &Portion| {
            let now = marks.of(&sent.reference(&portion.id));
            let (mark, label) = match now {
                Some(now) => (now.mark().into_owned(), now.label.into_owned()),
                None => (portion.mark.clone(), portion.label.clone()),
            };
            let mark = explicit(&mark, &label, (&sent.scheme, &sent.profile), &library.schemes);
            OutPortion {
                id: portion.id.clone(),
                mark,
                label,
                text: portion.text.clone(),
                originators: originators(portion),
                tear_line: portion.tear_line,
                obligations: Vec::new(),
            }
        };
        let portions: Vec<OutPortion> = sent.portions.iter().map(portion).collect();
        let title = sent.title.portion().map(portion);
        Self::with(state, library, sent, portions, title.as_ref(), by, to.to_string())
    }

    /// The same from portions that are made ready.
    pub(crate) fn with(
        state: &State,
        library: &Library,
        report: &Report,
        portions: Vec<OutPortion>,
        title: Option<&OutPortion>,
        by: &PartyPath,
        to: String,
    ) -> Self {
        // A title without a mark of its own asks for everything that any portion asks for.
        let of_title: Vec<&OutPortion> = match title {
            Some(title) => vec![title],
            None => portions.iter().collect(),
        };
        let title_marks: BTreeSet<&str> = of_title.iter().map(|portion| portion.mark.as_str()).collect();
        let title_label = of_title
            .iter()
            .fold(Label::unrestricted(), |sum, portion| sum.join(&portion.label));
        let mut title_originators: BTreeMap<PartyPath, Stated> = BTreeMap::new();
        for (party, stated) in of_title.iter().flat_map(|portion| &portion.originators) {
            let all = title_originators.entry(party.clone()).or_default();
            all.arrangements.extend(stated.arrangements.iter().cloned());
            all.persons.extend(stated.persons.iter().cloned());
            all.ask |= stated.ask;
        }
        let versions = state.reports.get(&report.id).map(|holding| &holding.versions);
        let first = versions.and_then(|versions| versions.values().next());
        Self {
            title: match &report.title {
                Title::Unmarked(text) => text.clone(),
                Title::Marked(title) => title.text.clone(),
            },
            title_marks: title_marks.into_iter().map(str::to_owned).collect(),
            title_label,
            title_originators,
            title_bases: of_title.iter().map(|portion| portion.id.clone()).collect(),
            id: report.id.clone(),
            version: report.version,
            originator: report.originator.clone(),
            by: by.clone(),
            to,
            scheme: report.scheme.to_string(),
            profile: report.profile.clone(),
            created: report.created,
            first: first.map_or(report.created, |first| first.created),
            expires: report.expires,
            existence_protected: report.existence_protected,
            banner: banner(library, report, &portions),
            portions,
            recalled: None,
        }
    }

    /// What the file says of the report for whoever knows Entente.
    pub(crate) fn statement(&self) -> Statement {
        Statement {
            by: self.by.clone(),
            r#for: self.to.clone(),
            report: self.id.clone(),
            version: self.version,
            scheme: self.scheme.clone(),
            profile: self.profile.clone(),
            title: self.title_marks.clone(),
            portions: self.portions.iter().filter(|portion| !portion.is_rest()).count(),
            expires: self.expires,
            existence_protected: self.existence_protected,
            originators: self.title_originators.clone(),
        }
    }

    /// What the file says of a portion for whoever knows Entente.
    pub(crate) fn portioned(&self, portion: &OutPortion) -> Portioned {
        Portioned {
            report: self.id.clone(),
            version: self.version,
            portion: portion.id.clone(),
            mark: portion.mark.clone(),
            originators: portion.originators.clone(),
            obligations: portion.obligations.clone(),
        }
    }

    /// What was carried through of the report's own file in this format, if it came as one.
    pub(crate) fn rest(&self, format: &str) -> Option<Value> {
        let portion = self.portions.iter().find(|portion| portion.id.as_str() == "object")?;
        let ("entente", mut value) = carried::open(&portion.text)? else {
            return None;
        };
        (value.get("format")?.as_str()? == format).then(|| value.get_mut("object").map(Value::take))?
    }

    /// The arrangements under which any of it is shared.
    pub(crate) fn arrangements(&self) -> BTreeSet<&ArrangementId> {
        let origins = self.portions.iter().flat_map(|portion| portion.originators.values());
        origins.flat_map(|stated| &stated.arrangements).collect()
    }
}

impl OutPortion {
    /// The object of another format that it carries through.
    pub(crate) fn carried(&self) -> Option<(&str, Value)> {
        carried::open(&self.text)
    }

    /// Whether it only keeps what else a file said.
    pub(crate) fn is_rest(&self) -> bool {
        self.carried().is_some_and(|(format, _)| format == "entente")
    }
}

/// Those behind a portion, with what of their terms a receiver is told.
pub(crate) fn originators(portion: &Portion) -> BTreeMap<PartyPath, Stated> {
    let stated = portion.lineage.iter().map(|(party, origin)| {
        let stated = Stated {
            persons: origin.persons.clone(),
            arrangements: origin.arrangements.clone(),
            ask: origin.third_party || origin.named,
        };
        (party.clone(), stated)
    });
    stated.collect()
}

/// The banner over what goes; of each scheme the roll-up of its marks.
fn banner(library: &Library, report: &Report, portions: &[OutPortion]) -> String {
    let marks = portions.iter().map(|portion| portion.mark.as_str());
    entente_desk::marks::banner_in(library, report, marks).unwrap_or_default()
}

/// The reserved id of titles, for tables.
pub(crate) const TITLE_ID: &str = TITLE;
