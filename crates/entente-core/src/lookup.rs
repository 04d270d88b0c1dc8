//! What is asked of the state again and again: which recall, consent, text or name counts.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::disclosure::Recall;
use crate::ids::{ArrangementId, PartyPath, PersonId, PortionId, PortionRef, ReportId, RequestId};
use crate::named::Named;
use crate::party::Person;
use crate::report::{Lineage, Portion};
use crate::request::{Consent, Progress, Recipients, Substitute};
use crate::state::State;

/// The most portions followed down a lineage to those that an originator knows.
const MAX_NAMED: usize = 4096;

impl State {
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

    /// What is sealed to a party with: nothing where its keys are not known, or in doubt.
    pub fn recipient_of(&self, party: &PartyPath) -> Option<&str> {
        let known = self.parties.get(party).filter(|_| self.frozen(party).is_none())?;
        known.recipient.as_deref()
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

    /// Whether nothing outside a report that concerns it alone decides about it: no consent, substitute, recall or embargo.
    pub fn says_nothing_of(&self, report: &ReportId) -> bool {
        let given = self.consents.any_of(report) || self.substitutes.any_of(report);
        !given && !self.recalls.any_of(report) && !self.embargoes.any_of(report)
    }

    /// The reports of which [`State::says_nothing_of`] is not true, in no order; some may be named more than once.
    pub fn spoken_of(&self) -> impl Iterator<Item = &ReportId> {
        let given = self.consents.reports().chain(self.substitutes.reports());
        given.chain(self.recalls.reports()).chain(self.embargoes.reports())
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

    /// Whether a party can know of a text, as far as this one knows: it wrote the report, was delivered it in some version, is
    /// one of its recipients, or was consented or told something about it. To whom else the text is named, it is as if it were not there.
    pub(crate) fn can_name(&self, party: &PartyPath, text: &PortionRef) -> bool {
        let near = |other: &PartyPath| party.includes(other) || other.includes(party);
        let of = |person: &PersonId| person.party().is_some_and(|of| near(&of));
        let Some(holding) = self.reports.get(&text.report) else {
            return false;
        };
        let wrote = || holding.versions.values().any(|report| near(&report.originator));
        let has = || {
            let mut moved = holding.deliveries.iter();
            moved.any(|delivery| near(&delivery.to) || near(&delivery.by))
        };
        let promised = || {
            let mut all = self.consents.of(&text.report);
            all.any(|consent| {
                let Recipients { persons, parties } = &consent.recipients;
                let signed = consent.life.signed.iter().any(|signed| near(&signed.receiver));
                near(&consent.to) || signed || parties.iter().any(near) || persons.iter().any(of)
            })
        };
        let meant = || {
            let mut portions = holding.versions.values().flat_map(|report| &report.portions);
            portions.any(|portion| {
                let mut origins = portion.lineage.iter();
                origins.any(|(_, origin)| origin.recipients.iter().any(near))
            })
        };
        let told = || {
            let mut all = self.disclosures.of(&text.report);
            all.any(|disclosure| disclosure.audience.iter().any(of))
        };
        wrote() || has() || meant() || promised() || told()
    }

    /// Whether a text is of a report whose existence is protected, and that a party cannot know of.
    pub(crate) fn hidden_from(&self, party: &PartyPath, text: &PortionRef) -> bool {
        let held = self.reports.get(&text.report).and_then(|holding| holding.latest());
        held.is_some_and(|latest| latest.existence_protected) && !self.can_name(party, text)
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

    pub(crate) fn progress(
        &mut self,
        request: &Named<RequestId>,
        portions: impl IntoIterator<Item = PortionId>,
        to: Progress,
    ) {
        if let Some(case) = self.requests.get_mut(request) {
            // Answers about portions that were not asked for leave no trace.
            for portion in portions {
                case.progress.entry(portion).and_modify(|progress| *progress = to);
            }
        }
    }
}
