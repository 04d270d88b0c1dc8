//! How a state changes by what happens to parts of reports and to consents after they were given.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::disclosure::Opening;
use crate::event::Event;
use crate::ids::{ConsentId, PartyPath, PersonId, PortionId, RecallId, ReportId, RequestId};
use crate::life::{Narrowing, Saying};
use crate::named::Named;
use crate::part::{Confirmed, Part, Receipt};
use crate::receipt::MessageReceipt;
use crate::report::{Delivery, Report};
use crate::request::Consent;
use crate::state::{Document, State, envelope_key};

fn touched(kind: &'static str, id: &dyn ToString) -> Document {
    Document {
        kind,
        id: id.to_string(),
    }
}

impl State {
    /// Somebody was shown portions of a report. What this party's own people read stays within it.
    pub(crate) fn opened(
        &mut self,
        (report, version): (&ReportId, u32),
        reader: &PersonId,
        portions: &BTreeSet<PortionId>,
        at: Timestamp,
    ) -> Vec<Document> {
        let known = self.persons.get(reader).map(|person| person.party.clone());
        let party = known.or_else(|| reader.party());
        let own = self
            .home
            .as_ref()
            .zip(party)
            .is_some_and(|(home, party)| home.includes(&party));
        if own || portions.is_empty() {
            return Vec::new();
        }
        let key = Opening::key(report, version, reader);
        let opening = self.openings.entry(key.clone()).or_insert_with(|| Opening {
            report: report.clone(),
            version,
            reader: reader.clone(),
            portions: std::collections::BTreeMap::new(),
        });
        for portion in portions {
            let first = opening.portions.entry(portion.clone()).or_insert(at);
            *first = at.min(*first);
        }
        vec![touched("opening", &key)]
    }

    /// A report, or a part of one, came.
    pub(crate) fn take_in(&mut self, report: &Report, delivery: &Delivery, part: &Part) -> Vec<Document> {
        let holding = self.reports.entry(report.id.clone()).or_default();
        let version = report.version;
        holding.versions.insert(version, report.clone());
        holding.deliveries.insert(delivery.clone());
        holding.due.insert(version, delivery.by.clone());
        // Whoever gave its copy up and gets it again, has it again.
        let given_up = holding.given_up.remove(&delivery.to);
        holding
            .withdrawn
            .take_if(|(at, _)| given_up.is_some_and(|(then, _)| then == *at));
        holding.withheld.remove(&version);
        holding.withheld.extend(part.withheld.map(|count| (version, count)));
        holding.released.remove(&version);
        if !part.released.is_empty() {
            holding.released.insert(version, part.released.clone());
        }
        vec![touched("report", &report.id)]
    }

    /// What was taken away from a consent before it came is taken away from it.
    pub(crate) fn narrow_anew(&mut self, consent: &Consent) -> Vec<Document> {
        let key = Named::new(consent.originator.clone(), consent.id.clone());
        let earlier = self.narrowings.get(&key).cloned().unwrap_or_default();
        let cuts = earlier.0.into_iter().enumerate();
        cuts.flat_map(|(n, narrowing)| self.cut(&key, n + 1, &narrowing))
            .collect()
    }

    /// Something is taken away from a consent, here or before it comes.
    pub(crate) fn narrow(&mut self, originator: &PartyPath, id: &ConsentId, narrowing: Narrowing) -> Vec<Document> {
        let key = Named::new(originator.clone(), id.clone());
        let all = self.narrowings.entry(key.clone()).or_default();
        let n = all.0.len() + 1;
        let added = narrowing.clone();
        all.0.push(narrowing);
        let mut documents = vec![touched("narrowing", &key)];
        documents.extend(self.cut(&key, n, &added));
        documents
    }

    fn cut(&mut self, key: &Named<ConsentId>, n: usize, narrowing: &Narrowing) -> Vec<Document> {
        let Some(held) = self.consents.get_mut(key) else {
            return Vec::new();
        };
        let former = held.before_cut(n, narrowing.at);
        match held.without(&narrowing.cut) {
            Some(left) => {
                *held = left;
                let former = former.map(|former| {
                    let of_former = former.key();
                    let document = touched("consent", &of_former);
                    self.consents.insert(of_former, former);
                    document
                });
                former.into_iter().chain([touched("consent", key)]).collect()
            }
            None => {
                held.withdrawn = Some(held.withdrawn.map_or(narrowing.at, |end| end.min(narrowing.at)));
                vec![touched("consent", key)]
            }
        }
    }

    /// The holder of a consent said something.
    pub(crate) fn spoken(&mut self, originator: &PartyPath, id: &ConsentId, saying: &Saying) -> Vec<Document> {
        let key = Named::new(originator.clone(), id.clone());
        let Some(held) = self.consents.get_mut(&key) else {
            return Vec::new();
        };
        match saying {
            Saying::Accepts(accepted) => held.life.accepted = Some(accepted.clone()),
            Saying::Counters(counter) => held.life.countered.push(counter.clone()),
            Saying::PersonChanged { at } => held.life.changed = Some(*at),
        }
        vec![touched("consent", &key)]
    }

    /// A request needs no answer any more.
    pub(crate) fn retract(&mut self, from: &PartyPath, id: &RequestId, word: (Timestamp, String)) -> Vec<Document> {
        let key = Named::new(from.clone(), id.clone());
        let Some(case) = self.requests.get_mut(&key) else {
            return Vec::new();
        };
        case.retracted = Some(word);
        vec![touched("request", &key)]
    }

    /// A recall is lifted, by whoever ordered it.
    pub(crate) fn lift(&mut self, by: &PartyPath, id: &RecallId, word: (Timestamp, String)) -> Vec<Document> {
        let key = Named::new(by.clone(), id.clone());
        let Some(recall) = self.recalls.get_mut(&key) else {
            return Vec::new();
        };
        recall.scope.lifted.get_or_insert(word);
        vec![touched("recall", &key)]
    }

    /// A partner said what it did with a message.
    pub(crate) fn receipt_taken(&mut self, receipt: &MessageReceipt) -> Vec<Document> {
        self.receipts.insert(receipt.message.clone(), receipt.clone());
        self.standings.entry(receipt.by.clone()).or_default().says(receipt);
        vec![touched("receipt", &receipt.message), touched("standing", &receipt.by)]
    }

    /// An event that has been applied got its place in the ledger: the number of its entry, and when. Returns the documents that this
    /// touched.
    pub fn entered(&mut self, event: &Event, entry: u64, at: Timestamp) -> Vec<Document> {
        let Event::EnvelopeReceived { from, id, .. } = event else {
            return Vec::new();
        };
        let key = envelope_key(from, id);
        if let Some(taken) = self.received.get_mut(&key) {
            taken.entry = Some(entry);
        }
        self.standings.entry(from.clone()).or_default().heard_at = Some(at);
        vec![touched("received", &key), touched("standing", from)]
    }

    /// Its author was told what is held here.
    pub(crate) fn receipts_given(&mut self, receipts: &[Receipt]) -> Vec<Document> {
        let mut documents = Vec::new();
        for receipt in receipts {
            if let Some(holding) = self.reports.get_mut(&receipt.report) {
                holding.due.remove(&receipt.version);
                documents.push(touched("report", &receipt.report));
            }
        }
        documents
    }

    /// A holder said what it took in.
    pub(crate) fn receipts_taken(&mut self, from: &PartyPath, receipts: &[Receipt], came: Timestamp) -> Vec<Document> {
        let mut documents = Vec::new();
        for receipt in receipts {
            if let Some(holding) = self.reports.get_mut(&receipt.report) {
                let all = holding.receipts.entry(from.clone()).or_default();
                all.retain(|known| known.receipt.version != receipt.version);
                all.push(Confirmed {
                    receipt: receipt.clone(),
                    came,
                });
                documents.push(touched("report", &receipt.report));
            }
        }
        documents
    }
}
